import "server-only";
import { Schema } from "mongoose";
import {
  REMOVAL_REASONS,
  ROLES,
  type Person,
  type Preferences,
  type RemovalReason,
  type Role,
} from "@/lib/api/vocabulary";
import { registered } from "./registered";

/** A team member as last seen. `_id` is the user id of Clerk or of the demo. */
export type StoredMember = {
  _id: string;
  email: string;
  name: string;
  role: Role;
  lastSeenAt: Date;
  /** Nobody gets in while this is set. The three fields below belong to it. */
  removedAt: Date | null;
  /** The admin who removed the member; null if Clerk did. */
  removedBy?: Person | null;
  removedFor?: RemovalReason | null;
  /** When the member's tickets are next to be released. */
  releaseDueAt?: Date;
  releaseDueSince?: Date;
  releaseLeaseId?: string;
  releaseAttempts?: number;
  /** Raised by each of the member's acts on another member, so that two admins cannot remove each other. */
  adminActs?: number;
  /** Missing: none was chosen. */
  preferences?: Preferences;
  /** One of the demo's people; not of the team that signs in with Clerk. */
  isDemo?: boolean;
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
    removedBy: Schema.Types.Mixed,
    removedFor: { type: String, enum: REMOVAL_REASONS },
    releaseDueAt: Date,
    releaseDueSince: Date,
    releaseLeaseId: String,
    releaseAttempts: Number,
    adminActs: Number,
    preferences: Schema.Types.Mixed,
    isDemo: Boolean,
    signedOutAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

// Removed members whose tickets a follower has to release; partial, so that the others cost nothing.
for (const field of ["releaseDueAt", "releaseDueSince"] as const) {
  memberSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}

export const Member = registered("Member", memberSchema);
