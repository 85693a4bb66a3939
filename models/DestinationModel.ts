import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** Where cards go. `_id` is "discord:<webhook id>", or "discord" for what holds for all of Discord at once. */
export type StoredDestination = {
  _id: string;
  webhookId: string | null;
  /** sha256 of the token, to notice that the webhook was exchanged; the token itself stays in the environment. */
  tokenHash: string | null;
  applicationId: string | null;
  blockedUntil: Date | null;
  pausedReason: string | null;
  pausedAt: Date | null;
  /** Until when edits of messages older than an hour wait; they have an allowance of their own. */
  oldEditsBlockedUntil: Date | null;
  /** How often in a row Discord turned this machine away; on "discord" only. */
  blocks: number;
  /** One request at a time: who may send, and until when. */
  leaseId: string | null;
  leaseUntil: Date | null;
  /** On "discord", whose webhook and token are the ones in use: when the process started that brought them. */
  configuredAt: Date | null;
  /** When the cards of the webhook before this one had all been dealt with; null while some have not. */
  takenOverAt: Date | null;
};

const destinationSchema = new Schema<StoredDestination>(
  {
    _id: { type: String, required: true },
    webhookId: { type: String, default: null },
    tokenHash: { type: String, default: null },
    applicationId: { type: String, default: null },
    blockedUntil: { type: Date, default: null },
    pausedReason: { type: String, default: null },
    pausedAt: { type: Date, default: null },
    oldEditsBlockedUntil: { type: Date, default: null },
    blocks: { type: Number, default: 0 },
    leaseId: { type: String, default: null },
    leaseUntil: { type: Date, default: null },
    configuredAt: { type: Date, default: null },
    takenOverAt: { type: Date, default: null },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const Destination = registered("Destination", destinationSchema);
