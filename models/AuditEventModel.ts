import "server-only";
import { Schema } from "mongoose";
import { AUDIT_ACTIONS, type AuditAction } from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** An act of an admin, or of the desk itself (`by` is null then). Rows are added and never changed. */
export type StoredAuditEvent = {
  _id: string;
  at: Date;
  by: { id: string; email: string; name: string } | null;
  action: AuditAction;
  /** Id of the member, customer or setting that the act was about. Never a customer's address. */
  subject: string;
  details: Record<string, unknown>;
};

const auditEventSchema = new Schema<StoredAuditEvent>(
  {
    _id: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: Schema.Types.Mixed, default: null },
    action: { type: String, enum: AUDIT_ACTIONS, required: true },
    subject: { type: String, required: true },
    details: { type: Schema.Types.Mixed, default: {} },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw", minimize: false },
);

export const AuditEvent = registered("AuditEvent", auditEventSchema);
