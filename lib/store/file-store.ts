import "server-only";
import type { Readable } from "node:stream";
import mongoose, { Types } from "mongoose";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { settleOutcome } from "./unknown-outcome";

/** "raw" holds the mails of the ledger as they arrived, "attachments" the files that came with mails. */
const BUCKETS = ["raw", "attachments"] as const;
type FileBucket = (typeof BUCKETS)[number];

/** GridFS's usual size. */
export const FILE_CHUNK_BYTES = 255 * 1024;
/** Chunks of one insert, about 1 MB. */
const CHUNKS_AT_ONCE = 4;

/** Thrown for a file that a row names and that is gone, which only a change by hand in the database can cause. */
export class FileMissingError extends Error {
  constructor(bucket: FileBucket, options?: ErrorOptions) {
    super(`A stored file of the bucket "${bucket}" is missing.`, options);
    this.name = "FileMissingError";
  }
}

type Chunk = { _id: Types.ObjectId; files_id: Types.ObjectId; n: number; data: mongoose.mongo.Binary };
type FileRow = { _id: Types.ObjectId; length: number; chunkSize: number; uploadDate: Date; filename: string };

/**
 * Stores bytes, given in parts, under a fresh random id, and returns the id once a majority has them. They never change
 * afterwards. A small file takes two round trips. A file that no row names is harmless. Throws `OutcomeUnknownError` if
 * the database stayed away for 10 s.
 */
export async function storeFile(bucket: FileBucket, parts: readonly Uint8Array[]): Promise<Types.ObjectId> {
  await ensureFileIndexes();
  const abandoned: Types.ObjectId[] = [];
  const id = await settleOutcome(async () => {
    const fileId = new Types.ObjectId();
    abandoned.push(fileId);
    await writeFile(bucket, fileId, parts);
    abandoned.pop();
    return fileId;
  });
  if (abandoned.length > 0) await discardFiles(bucket, abandoned);
  return id;
}

async function writeFile(
  bucket: FileBucket,
  fileId: Types.ObjectId,
  parts: readonly Uint8Array[],
): Promise<void> {
  let batch: Chunk[] = [];
  let n = 0;
  let length = 0;
  for (const data of chunksOf(parts)) {
    batch.push({ _id: new Types.ObjectId(), files_id: fileId, n, data: new mongoose.mongo.Binary(data) });
    n += 1;
    length += data.length;
    if (batch.length < CHUNKS_AT_ONCE) continue;
    await chunkRows(bucket).insertMany(batch);
    batch = [];
  }
  if (batch.length > 0) await chunkRows(bucket).insertMany(batch);
  await fileRows(bucket).insertOne({
    _id: fileId,
    length,
    chunkSize: FILE_CHUNK_BYTES,
    uploadDate: new Date(),
    filename: fileId.toHexString(),
  });
}

/** The bytes in chunks of the file's size; copies only bytes of a chunk that spans several parts. */
function* chunksOf(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  for (const part of parts) {
    for (let at = 0; at < part.length;) {
      const taken = part.subarray(at, at + FILE_CHUNK_BYTES - pendingLength);
      pending.push(taken);
      pendingLength += taken.length;
      at += taken.length;
      if (pendingLength < FILE_CHUNK_BYTES) continue;
      yield joined(pending);
      pending = [];
      pendingLength = 0;
    }
  }
  if (pendingLength > 0) yield joined(pending);
}

function joined(parts: Uint8Array[]): Uint8Array {
  const [only] = parts;
  return parts.length === 1 && only ? only : Buffer.concat(parts);
}

const indexed = processSingleton("file-indexes", () => new WeakMap<object, Promise<void>>());

/** The first file of a process creates the index; a restored database has the files without it. */
async function ensureFileIndexes(): Promise<void> {
  const client = mongoose.connection.getClient();
  const made = indexed.get(client) ?? createFileIndexes();
  indexed.set(client, made);
  try {
    await made;
  } catch (error) {
    indexed.delete(client);
    throw error;
  }
}

/** Creates the index by which the files of each bucket are read, if it is missing. */
export async function createFileIndexes(): Promise<void> {
  for (const bucket of BUCKETS) {
    await settleOutcome(() => chunkRows(bucket).createIndex({ files_id: 1, n: 1 }, { unique: true }));
  }
}

export function openFile(bucket: FileBucket, id: Types.ObjectId): Readable {
  return new mongoose.mongo.GridFSBucket(database(), { bucketName: bucket }).openDownloadStream(id);
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

/** Deletes files that no row names, whole or half written. Best effort: a file that stays only costs space. */
export async function discardFiles(bucket: FileBucket, ids: Types.ObjectId[]): Promise<void> {
  try {
    await fileRows(bucket).deleteMany({ _id: { $in: ids } });
    await chunkRows(bucket).deleteMany({ files_id: { $in: ids } });
  } catch (error) {
    log.warn({ bucket, kept: ids.length, err: error }, "unused files could not be deleted");
  }
}

function chunkRows(bucket: FileBucket): mongoose.mongo.Collection<Chunk> {
  return database().collection<Chunk>(`${bucket}.chunks`);
}

function fileRows(bucket: FileBucket): mongoose.mongo.Collection<FileRow> {
  return database().collection<FileRow>(`${bucket}.files`);
}

function database(): mongoose.mongo.Db {
  const { db } = mongoose.connection;
  if (!db) throw new mongoose.mongo.MongoNotConnectedError("There is no connection to the database yet.");
  return db;
}
