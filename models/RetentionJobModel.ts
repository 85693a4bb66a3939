import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

/** A resolved ticket whose texts are to be removed, a batch at a time. `_id` is the thread's; gone once that is done. */
export type StoredRetentionJob = {
  _id: Types.ObjectId;
  dueAt: Date | null;
  dueSince?: Date | null;
  leaseId?: string | null;
  attempts?: number;
};

const retentionJobSchema = new Schema<StoredRetentionJob>(
  {
    _id: { type: Schema.Types.ObjectId, required: true },
    dueAt: { type: Date, default: null },
    dueSince: Date,
    leaseId: String,
    attempts: Number,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

for (const field of ["dueAt", "dueSince"] as const) {
  retentionJobSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}

export const RetentionJob = registered("RetentionJob", retentionJobSchema);
