import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

/** Maps a Message-ID to its thread. `_id` is sha256(inbox, Message-ID), so the first writer decides. */
export type StoredThreadAlias = { _id: string; threadId: Types.ObjectId; at: Date };

const threadAliasSchema = new Schema<StoredThreadAlias>(
  {
    _id: { type: String, required: true },
    threadId: { type: Schema.Types.ObjectId, required: true },
    at: { type: Date, required: true },
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const ThreadAlias = registered("ThreadAlias", threadAliasSchema);
