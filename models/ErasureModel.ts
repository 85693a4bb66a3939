import "server-only";
import { Schema } from "mongoose";
import { ERASURE_STATES, type ErasureState, type PrivacyCounts } from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** The erasure of one customer, a job that goes on in batches. `_id` is the operation that requested it. */
export type StoredErasure = {
  _id: string;
  state: ErasureState;
  /** Null once the job has ended. */
  address: string | null;
  /** sha256 of the address, which stays. */
  addressHash: string;
  by: { id: string; email: string; name: string };
  /** Mail that came in later is not erased. */
  requestedAt: Date;
  endedAt: Date | null;
  /** Counts at the time of the request. */
  expected: PrivacyCounts;
  /** Counts of the rows erased so far. */
  done: PrivacyCounts;
  /** How far the mails without a ticket have been looked through: arrival and id of the last one. */
  scannedTo: { receivedAt: Date; id: string } | null;
  /** Why the last batch failed, as a sentence; null if it did not. */
  error: string | null;
  dueAt: Date | null;
  dueSince?: Date | null;
  leaseId: string | null;
  /** Batches that failed one after the other. */
  attempts?: number;
};

const countsSchema = new Schema<PrivacyCounts>(
  { tickets: Number, messages: Number, attachments: Number, rawMails: Number },
  { _id: false },
);

const erasureSchema = new Schema<StoredErasure>(
  {
    _id: { type: String, required: true },
    state: { type: String, enum: ERASURE_STATES, required: true },
    address: { type: String, default: null },
    addressHash: { type: String, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    requestedAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    expected: { type: countsSchema, required: true },
    done: { type: countsSchema, required: true },
    scannedTo: {
      type: new Schema({ receivedAt: Date, id: String }, { _id: false, id: false }),
      default: null,
    },
    error: { type: String, default: null },
    dueAt: { type: Date, default: null },
    dueSince: Date,
    leaseId: { type: String, default: null },
    attempts: Number,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

// One running job per customer, and the jobs that a follower has to look at.
erasureSchema.index({ addressHash: 1 }, { unique: true, partialFilterExpression: { state: "running" } });
erasureSchema.index({ dueAt: 1 }, { partialFilterExpression: { state: "running" } });
erasureSchema.index({ dueSince: 1 }, { partialFilterExpression: { dueSince: { $type: "date" } } });
erasureSchema.index({ requestedAt: -1 }); // the privacy page, newest first

export const Erasure = registered("Erasure", erasureSchema);
