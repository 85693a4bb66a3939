import "server-only";
import type { Readable } from "node:stream";
import mongoose, { Types } from "mongoose";
import { log } from "@/lib/log";
import { settleOutcome } from "./unknown-outcome";

/** "raw" holds mails too large for a ledger row, "attachments" the files that came with mails. */
type FileBucket = "raw" | "attachments";

/** Thrown for a file that a row names and that is gone, which only a change by hand in the database can cause. */
export class FileMissingError extends Error {
  constructor(bucket: FileBucket, options?: ErrorOptions) {
    super(`A stored file of the bucket "${bucket}" is missing.`, options);
    this.name = "FileMissingError";
  }
}

/**
 * Stores bytes under a fresh random id, and returns the id once a majority has them. A file that no row names is
 * harmless. Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function storeFile(bucket: FileBucket, bytes: Uint8Array): Promise<Types.ObjectId> {
  return settleOutcome(async () => {
    const id = new Types.ObjectId();
    const upload = bucketOf(bucket).openUploadStreamWithId(id, id.toHexString());
    await new Promise<void>((resolve, reject) => {
      upload.once("finish", resolve).once("error", reject).end(bytes);
    });
    return id;
  });
}

export function openFile(bucket: FileBucket, id: Types.ObjectId): Readable {
  return bucketOf(bucket).openDownloadStream(id);
}

/** The whole file. Throws `FileMissingError` if it is gone or lacks a part. */
export async function readFile(bucket: FileBucket, id: Types.ObjectId): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of openFile(bucket, id)) chunks.push(chunk);
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoRuntimeError)
      throw new FileMissingError(bucket, { cause: error });
    throw error;
  }
  return Buffer.concat(chunks);
}

/** Deletes files that no row names. Best effort: a file that stays only costs space. */
export async function discardFiles(bucket: FileBucket, ids: Types.ObjectId[]): Promise<void> {
  const outcomes = await Promise.allSettled(ids.map((id) => bucketOf(bucket).delete(id)));
  const kept = outcomes.filter((outcome) => outcome.status === "rejected").length;
  if (kept > 0) log.warn({ bucket, kept }, "unused files could not be deleted");
}

function bucketOf(bucketName: FileBucket) {
  const { db } = mongoose.connection;
  if (!db) throw new mongoose.mongo.MongoNotConnectedError("There is no connection to the database yet.");
  return new mongoose.mongo.GridFSBucket(db, { bucketName });
}
