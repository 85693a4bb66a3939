import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/**
 * A row of a queue that was given up after its last attempt, for a person to see and to retry. Only for rows without a
 * state of their own that says so. `_id` is "queue:row".
 */
export type StoredDeadLetter = {
  _id: string;
  queue: string;
  rowId: string;
  /** When the row became due. */
  since: Date;
  buriedAt: Date;
  attempts: number;
  /** A sentence for the team, without a customer's words. */
  error: string;
  /** When a person had it retried; null again if that failed as well. */
  retriedAt: Date | null;
  /** That retry, so that a retried write recognises its own. */
  retryOp?: string | null;
};

const deadLetterSchema = new Schema<StoredDeadLetter>(
  {
    _id: { type: String, required: true },
    queue: { type: String, required: true },
    rowId: { type: String, required: true },
    since: { type: Date, required: true },
    buriedAt: { type: Date, required: true },
    attempts: { type: Number, required: true },
    error: { type: String, required: true },
    retriedAt: { type: Date, default: null },
    retryOp: String,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

deadLetterSchema.index({ retriedAt: 1, buriedAt: -1, _id: -1 }); // those that wait for a person, newest first

export const DeadLetter = registered("DeadLetter", deadLetterSchema);
