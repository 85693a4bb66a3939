import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

/**
 * Maps a Message-ID to its thread. Of a stored message `_id` is sha256(desk, Message-ID), so the first writer decides; of
 * an id that a mail only refers to it is sha256(desk, Message-ID, address), one for each of the mail's people.
 */
export type StoredThreadAlias = {
  _id: string;
  threadId: Types.ObjectId;
  at: Date;
  /** It is of a stored message. Missing in rows older than the difference: then either may be. */
  isStored?: boolean;
};

const threadAliasSchema = new Schema<StoredThreadAlias>(
  {
    _id: { type: String, required: true },
    threadId: { type: Schema.Types.ObjectId, required: true },
    at: { type: Date, required: true },
    isStored: Boolean,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const ThreadAlias = registered("ThreadAlias", threadAliasSchema);
