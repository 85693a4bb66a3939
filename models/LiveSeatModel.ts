import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** One of the few live streams a member may have open at once. `_id` is the member's id and the seat's number. */
export type StoredLiveSeat = { _id: string; stream: string; until: Date };

const liveSeatSchema = new Schema<StoredLiveSeat>(
  {
    _id: { type: String, required: true },
    stream: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
liveSeatSchema.index({ until: 1 }, { expireAfterSeconds: 0 }); // what a killed process left

export const LiveSeat = registered("LiveSeat", liveSeatSchema);
