import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

/**
 * A stored file that no row names any more, waiting to be deleted. `_id` is the file's. Written in the transaction that
 * removes its name, so that no crash leaves a file behind.
 */
export type StoredDiscardedFile = { _id: Types.ObjectId; bucket: "raw" | "attachments" };

const discardedFileSchema = new Schema<StoredDiscardedFile>(
  { _id: { type: Schema.Types.ObjectId, required: true }, bucket: { type: String, required: true } },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const DiscardedFile = registered("DiscardedFile", discardedFileSchema);
