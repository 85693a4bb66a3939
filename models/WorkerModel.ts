import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** How long the row of a worker that is gone is kept, in seconds. */
const KEPT_SECONDS = 7 * 24 * 60 * 60;

/**
 * A process that runs the followers: a worker, or a tick of a host's timer. `_id` is an id that it keeps over restarts,
 * `beatAt` when it last told that it runs, and `isRunning` false once it has ended in order.
 */
export type StoredWorker = { _id: string; kind: "worker" | "tick"; isRunning: boolean; beatAt: Date };

const workerSchema = new Schema<StoredWorker>(
  {
    _id: { type: String, required: true },
    kind: { type: String, enum: ["worker", "tick"], required: true },
    isRunning: { type: Boolean, required: true },
    beatAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
workerSchema.index({ beatAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export const Worker = registered("Worker", workerSchema);
