import "server-only";
import { Schema } from "mongoose";
import { JOB_STATES, type BulkAct, type JobProblem, type JobState, type Person } from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** A ticket that the job left as it is, and why. Nothing of its customer. */
export type StoredJobProblem = Pick<JobProblem, "threadId" | "reason" | "error">;

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
  /** More tickets matched than it is about. */
  hasMore: boolean;
  /** Items up to this one are done. */
  next: number;
  succeeded: number;
  refused: number;
  problems: StoredJobProblem[];
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

/** How long a job that has ended is kept, in seconds. */
const KEPT_SECONDS = 7 * 24 * 3_600;

const itemSchema = new Schema<StoredJobItem>(
  {
    threadId: { type: String, required: true },
    lastSeenMessageId: { type: String, default: null },
    expectedAssignedTo: { type: String, default: null },
  },
  { _id: false, id: false },
);

const problemSchema = new Schema<StoredJobProblem>(
  { threadId: String, reason: String, error: String },
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
    hasMore: { type: Boolean, required: true },
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

bulkJobSchema.index({ endedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export const BulkJob = registered("BulkJob", bulkJobSchema);
