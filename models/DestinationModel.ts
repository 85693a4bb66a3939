import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** A place that cards are posted to. `_id` is "discord:<webhook id>", or "discord" for all of Discord together. */
export type StoredDestination = {
  _id: string;
  webhookId: string | null;
  /** sha256 of the token, to notice a replaced webhook; the token itself is only in the environment. */
  tokenHash: string | null;
  applicationId: string | null;
  blockedUntil: Date | null;
  pausedReason: string | null;
  pausedAt: Date | null;
  /** When Discord last refused the paused webhook. */
  askedAt: Date | null;
  /** Until when edits of messages older than an hour wait; they have their own rate limit. */
  oldEditsBlockedUntil: Date | null;
  /** How often in a row Discord blocked this machine; on "discord" only. */
  blocks: number;
  /** Lease for one request at a time. */
  leaseId: string | null;
  leaseUntil: Date | null;
  /** On "discord" only, which names the webhook in use: start time of the process that configured it. */
  configuredAt: Date | null;
  /** When all cards of the previous webhook were taken over; null while some are left. */
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
    askedAt: { type: Date, default: null },
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
