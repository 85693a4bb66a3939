import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** How often somebody asked in the minute under way. Written by rate-limiter-flexible, whose field names these are. */
export type StoredRateLimit = { key: string; points: number; expire: Date | null };

const rateLimitSchema = new Schema<StoredRateLimit>(
  {
    key: { type: String, required: true },
    points: { type: Number, required: true },
    expire: { type: Date, default: null },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
rateLimitSchema.index({ key: 1 }, { unique: true }); // one count for one key, however many processes begin it
rateLimitSchema.index({ expire: -1 }, { expireAfterSeconds: 0 });

export const RateLimit = registered("RateLimit", rateLimitSchema);
