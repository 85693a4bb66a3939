import "server-only";
import { Schema } from "mongoose";
import { JOB_STATES, type BulkAct, type JobProblem, type JobState, type Person } from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** One ticket of a job with what its author saw. */
export type StoredJobItem = {
  threadId: string;
  lastSeenMessageId: string | null;
  expectedAssignedTo: string | null;
};

/** One act on many tickets, a job that goes on in batches. `_id` is the operation that requested it. */
export type StoredBulkJob = {
  _id: string;
  state: JobState;
  by: Person;
  act: BulkAct;
  /** The job that this one undoes. */
  undoes?: string | null;
  items: StoredJobItem[];
  /** How many tickets matched, at most one more than the counters count. */
  matched: number;
  /** Items up to this one are done. */
  next: number;
  succeeded: number;
  refused: number;
  problems: JobProblem[];
  /** Somebody wants it to end before its next batch. */
  cancelledAt: Date | null;
  requestedAt: Date;
  endedAt: Date | null;
  /** Why it stopped, or why its last batch failed, as a sentence. */
  error: string | null;
  dueAt: Date | null;
  dueSince?: Date | null;
  leaseId: string | null;
  /** Batches that failed one after the other. */
  attempts?: number;
};

const itemSchema = new Schema<StoredJobItem>(
  {
    threadId: { type: String, required: true },
    lastSeenMessageId: { type: String, default: null },
    expectedAssignedTo: { type: String, default: null },
  },
  { _id: false, id: false },
);

const problemSchema = new Schema<JobProblem>(
  { threadId: String, reference: String, subject: String, reason: String, error: String },
  { _id: false, id: false },
);

const bulkJobSchema = new Schema<StoredBulkJob>(
  {
    _id: { type: String, required: true },
    state: { type: String, enum: JOB_STATES, required: true },
    by: { type: Schema.Types.Mixed, required: true },
    act: { type: Schema.Types.Mixed, required: true },
    undoes: String,
    items: { type: [itemSchema], required: true },
    matched: { type: Number, required: true },
    next: { type: Number, required: true },
    succeeded: { type: Number, required: true },
    refused: { type: Number, required: true },
    problems: { type: [problemSchema], default: [] },
    cancelledAt: { type: Date, default: null },
    requestedAt: { type: Date, required: true },
    endedAt: { type: Date, default: null },
    error: { type: String, default: null },
    dueAt: { type: Date, default: null },
    dueSince: Date,
    leaseId: { type: String, default: null },
    attempts: Number,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

bulkJobSchema.index({ "by.id": 1, requestedAt: -1 }); // a member's own jobs, newest first
// Jobs that a follower has to look at.
bulkJobSchema.index({ dueAt: 1 }, { partialFilterExpression: { state: "running" } });
bulkJobSchema.index({ dueSince: 1 }, { partialFilterExpression: { dueSince: { $type: "date" } } });

export const BulkJob = registered("BulkJob", bulkJobSchema);
