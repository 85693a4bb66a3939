import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** How many requests a sender has made in the current minute. Written by rate-limiter-flexible, which sets the names. */
type StoredRateLimit = { key: string; points: number; expire: Date | null };

const rateLimitSchema = new Schema<StoredRateLimit>(
  {
    key: { type: String, required: true },
    points: { type: Number, required: true },
    expire: { type: Date, default: null },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
rateLimitSchema.index({ key: 1 }, { unique: true }); // one count per key, even if two processes insert it at once
rateLimitSchema.index({ expire: -1 }, { expireAfterSeconds: 0 });

export const RateLimit = registered("RateLimit", rateLimitSchema);
