import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** One of the few live streams a member may have open at once. `_id` is the member's id and the slot's number. */
export type StoredLiveSlot = { _id: string; stream: string; until: Date };

const liveSlotSchema = new Schema<StoredLiveSlot>(
  {
    _id: { type: String, required: true },
    stream: { type: String, required: true },
    until: { type: Date, required: true },
  },
  { collection: "liveseats", autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
liveSlotSchema.index({ until: 1 }, { expireAfterSeconds: 0 }); // what a killed process left

export const LiveSlot = registered("LiveSlot", liveSlotSchema);
