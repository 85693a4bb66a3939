import "server-only";
import { Schema } from "mongoose";
import { ROLES, type Role } from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** A team member as last seen. `_id` is the user id of Clerk or of the demo. */
export type StoredMember = {
  _id: string;
  email: string;
  name: string;
  role: Role;
  lastSeenAt: Date;
  removedAt: Date | null;
  /** Sessions begun before this time have ended. Not for Clerk, which ends its own. */
  signedOutAt?: Date | null;
};

const memberSchema = new Schema<StoredMember>(
  {
    _id: { type: String, required: true },
    email: { type: String, required: true },
    name: { type: String, required: true },
    role: { type: String, enum: ROLES, required: true },
    lastSeenAt: { type: Date, required: true },
    removedAt: { type: Date, default: null },
    signedOutAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const Member = registered("Member", memberSchema);
