import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** When a job that runs now and then is next due, for all processes together. `_id` is the job's name. */
export type StoredSchedule = {
  _id: string;
  dueAt: Date | null;
  dueSince?: Date | null;
  leaseId?: string | null;
  attempts?: number;
};

const scheduleSchema = new Schema<StoredSchedule>(
  {
    _id: { type: String, required: true },
    dueAt: Date,
    dueSince: Date,
    leaseId: String,
    attempts: Number,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

for (const field of ["dueAt", "dueSince"] as const) {
  scheduleSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}

export const Schedule = registered("Schedule", scheduleSchema);
