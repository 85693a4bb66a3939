import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

/**
 * A stored file that no row names any more, waiting to be deleted. `_id` is the file's. Written in the transaction that
 * removes its name, so that no crash leaves a file behind.
 */
export type StoredDiscardedFile = {
  _id: Types.ObjectId;
  bucket: "raw" | "attachments";
  /** Missing in rows of older versions. */
  dueAt?: Date | null;
  dueSince?: Date | null;
  leaseId?: string | null;
  attempts?: number;
};

const discardedFileSchema = new Schema<StoredDiscardedFile>(
  {
    _id: { type: Schema.Types.ObjectId, required: true },
    bucket: { type: String, required: true },
    dueAt: Date,
    dueSince: Date,
    leaseId: String,
    attempts: Number,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

for (const field of ["dueAt", "dueSince"] as const) {
  discardedFileSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}

export const DiscardedFile = registered("DiscardedFile", discardedFileSchema);
