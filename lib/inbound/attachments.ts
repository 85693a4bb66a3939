import "server-only";
import type { Readable } from "node:stream";
import mongoose, { Types } from "mongoose";
import { inTransaction } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { openFile } from "@/lib/store/file-store";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import type { MailAttachment } from "@/lib/mail/parse";
import { EmailMessage, type StoredAttachment, type StoredMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import type { LeasedRow } from "./filing";

/** GridFS's usual chunk. */
const CHUNK_BYTES = 255 * 1024;
/** Chunks of one transaction, about 4 MB. */
const BATCH_CHUNKS = 16;

/** Thrown if another worker took the mail over while this one stored its files. */
export class LeaseLostError extends Error {
  constructor() {
    super("Another worker took this mail over.");
    this.name = "LeaseLostError";
  }
}

/**
 * Stores the files of a mail, and returns the entries for its message. Each piece is written in one transaction with
 * its file's id in `storedFiles` of the row, while the row still has our lease. So no file escapes `discardFilesOf`,
 * even if the process dies or another worker takes over in the middle. Throws `LeaseLostError` then.
 */
export async function storeAttachments(row: LeasedRow, files: MailAttachment[]): Promise<StoredAttachment[]> {
  if (files.length > 0) await ensureChunkIndex();
  const entries = files.map(({ content, ...file }) => {
    const fileId = new Types.ObjectId();
    return { content, stored: { ...file, sizeBytes: content.length, fileId } };
  });
  let batch: Piece[] = [];
  for (const { content, stored } of entries) {
    for (const piece of piecesOf(stored.fileId, content)) {
      batch.push(piece);
      if (batch.length < BATCH_CHUNKS) continue;
      await storeBatch(row, batch);
      batch = [];
    }
  }
  if (batch.length > 0) await storeBatch(row, batch);
  return entries.map(({ stored }) => stored);
}

/**
 * Deletes the files of earlier attempts, which no message names. Only a worker that has the lease may call it: nobody
 * else can store files of this mail then. Does nothing if another worker has the lease.
 */
export async function discardFilesOf({ _id, leaseId }: LeasedRow): Promise<void> {
  const leased = { _id, state: "received" as const, leaseId };
  const row = await InboundEmail.findOne(leased).select("storedFiles").lean();
  const ids = row?.storedFiles ?? [];
  if (ids.length === 0) return;
  await settleOutcome(async () => {
    await chunks().deleteMany({ files_id: { $in: ids } });
    await fileRows().deleteMany({ _id: { $in: ids } });
    await InboundEmail.updateOne(leased, { $pull: { storedFiles: { $in: ids } } });
  });
}

/** One chunk of a file, or the row of the file, which follows its last chunk. */
type Chunk = { _id: Types.ObjectId; files_id: Types.ObjectId; n: number; data: mongoose.mongo.Binary };
type FileRow = { _id: Types.ObjectId; length: number; chunkSize: number; uploadDate: Date; filename: string };
type Piece = { fileId: Types.ObjectId } & ({ chunk: Chunk } | { file: FileRow });

function* piecesOf(fileId: Types.ObjectId, content: Uint8Array): Generator<Piece> {
  for (let n = 0; n * CHUNK_BYTES < content.length; n += 1) {
    const data = new mongoose.mongo.Binary(content.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES));
    yield { fileId, chunk: { _id: new Types.ObjectId(), files_id: fileId, n, data } };
  }
  const filename = fileId.toHexString();
  const file = { length: content.length, chunkSize: CHUNK_BYTES, uploadDate: new Date(), filename };
  yield { fileId, file: { _id: fileId, ...file } };
}

async function storeBatch({ _id, leaseId }: LeasedRow, batch: Piece[]): Promise<void> {
  const ids = [...new Set(batch.map(({ fileId }) => fileId))];
  const newChunks = batch.flatMap((piece) => ("chunk" in piece ? [piece.chunk] : []));
  const newFiles = batch.flatMap((piece) => ("file" in piece ? [piece.file] : []));
  await settleOutcome(async () => {
    try {
      await inTransaction(async (session) => {
        // A push and not $addToSet: the row must change, so that taking the mail over and this batch exclude each other.
        const held = await InboundEmail.updateOne(
          { _id, state: "received", leaseId },
          { $push: { storedFiles: { $each: ids } } },
          { session },
        );
        if (held.matchedCount === 0) throw new LeaseLostError();
        if (newChunks.length > 0) await chunks().insertMany(newChunks, { session });
        if (newFiles.length > 0) await fileRows().insertMany(newFiles, { session });
      });
    } catch (error) {
      // The ids are fresh: they are stored only if an earlier attempt committed and its answer was lost.
      if (!isDuplicateKey(error)) throw error;
    }
  });
}

let chunkIndex: Promise<unknown> | null = null;

/** GridFS reads a file by this index; a transaction cannot make it. */
async function ensureChunkIndex(): Promise<void> {
  chunkIndex ??= settleOutcome(() => chunks().createIndex({ files_id: 1, n: 1 }, { unique: true })).catch(
    (error: unknown) => {
      chunkIndex = null;
      throw error;
    },
  );
  await chunkIndex;
}

function chunks(): mongoose.mongo.Collection<Chunk> {
  return database().collection<Chunk>("attachments.chunks");
}

function fileRows(): mongoose.mongo.Collection<FileRow> {
  return database().collection<FileRow>("attachments.files");
}

function database(): mongoose.mongo.Db {
  const { db } = mongoose.connection;
  if (!db) throw new mongoose.mongo.MongoNotConnectedError("There is no connection to the database yet.");
  return db;
}

type OpenAttachment = Pick<StoredAttachment, "filename" | "contentType" | "sizeBytes"> & {
  content: Readable;
};

/** One file of a message, by its index; null if there is none. */
export async function openAttachment(messageId: string, index: number): Promise<OpenAttachment | null> {
  const message = await EmailMessage.findById(messageId)
    .select("attachments")
    .lean<Pick<StoredMessage, "attachments">>();
  const attachment = message?.attachments?.[index];
  if (!attachment) return null;
  const { filename, contentType, sizeBytes, fileId } = attachment;
  return { filename, contentType, sizeBytes, content: openFile("attachments", fileId) };
}
