import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

/** Which thread a Message-ID belongs to. `_id` is sha256(inbox, Message-ID): the first writer settles it. */
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
