import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** When a job that runs now and then is next due, for all processes together. `_id` is the job's name. */
export type StoredSchedule = { _id: string; dueAt: Date };

const scheduleSchema = new Schema<StoredSchedule>(
  {
    _id: { type: String, required: true },
    dueAt: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const Schedule = registered("Schedule", scheduleSchema);
