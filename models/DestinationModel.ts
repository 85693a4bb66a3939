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
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const Destination = registered("Destination", destinationSchema);
