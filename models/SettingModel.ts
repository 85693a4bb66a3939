import "server-only";
import { Schema } from "mongoose";
import type { HandoverRules, Retention } from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** The team's settings: one row, `_id` "team". */
export type StoredSettings = {
  _id: "team";
  retention: Retention;
  /** Missing: as the desk has it by default. */
  handover?: HandoverRules;
  /** Raised by every change; a change must name the revision that its author saw. */
  revision: number;
  /** The operation that made the last change, so that a retried write recognises its own. */
  op: string;
};

const retentionSchema = new Schema<Retention>(
  { rawMailDays: { type: Number, default: null }, closedBodiesDays: { type: Number, default: null } },
  { _id: false },
);

const settingSchema = new Schema<StoredSettings>(
  {
    _id: { type: String, required: true },
    retention: { type: retentionSchema, required: true },
    handover: { type: new Schema<HandoverRules>({ membersAssignUnassigned: Boolean }, { _id: false }) },
    revision: { type: Number, required: true },
    op: { type: String, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const Setting = registered("Setting", settingSchema);
