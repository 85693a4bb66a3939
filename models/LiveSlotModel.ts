import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/** One of the few live streams that a member may have open at once. `_id` is "memberId:slot number". */
type StoredLiveSlot = { _id: string; stream: string; until: Date };

const liveSlotSchema = new Schema<StoredLiveSlot>(
  {
    _id: { type: String, required: true },
    stream: { type: String, required: true },
    until: { type: Date, required: true },
  },
  // The collection keeps the name it was first stored under.
  { collection: "liveseats", autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);
liveSlotSchema.index({ until: 1 }, { expireAfterSeconds: 0 }); // slots of killed processes

export const LiveSlot = registered("LiveSlot", liveSlotSchema);
