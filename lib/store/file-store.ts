import "server-only";
import type { Readable } from "node:stream";
import mongoose, { Types } from "mongoose";
import { log } from "@/lib/log";
import { settleOutcome } from "./unknown-outcome";

/** "raw" holds mails too large for a ledger row, "attachments" the files that came with mails. */
export type FileBucket = "raw" | "attachments";

/** The file is gone although a row names it; nothing but a hand in the database does that. */
export class FileMissingError extends Error {
  constructor(bucket: FileBucket, options?: ErrorOptions) {
    super(`A stored file of the bucket "${bucket}" is missing.`, options);
    this.name = "FileMissingError";
  }
}

/**
 * Stores bytes under a fresh random id, and returns it once a majority has them. A file whose row was never written
 * is harmless: nothing leads to it. Throws `OutcomeUnknownError` where the database stayed away for 10 s.
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

/** The whole file. Throws `FileMissingError` where it is gone or has lost a part. */
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

/** Takes files away again that nothing names. Best effort: what stays costs space and nothing else. */
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
