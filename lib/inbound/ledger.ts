import "server-only";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { sha256 } from "@/lib/hash";
import mongoose, { type UpdateQuery } from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import { countInbound } from "@/lib/metrics";
import { nudge } from "@/lib/process/nudge";
import { trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { discardFiles, openFile, readFile, storeFile } from "@/lib/store/file-store";
import { readDesk } from "@/lib/conversation/desk";
import { identifyMail } from "@/lib/mail/mail-hash";

/** Largest mail accepted. A larger one is refused and leaves a failed row. */
export const MAIL_MAX_BYTES = 40 * 1024 * 1024;
/** How much of the beginning of a refused mail is kept. */
export const REFUSED_HEAD_BYTES = 1024 * 1024;
/**
 * A mail without Date and Message-ID, as web forms send it, is a copy only this long after its row came; later the same
 * bytes are a new mail. Transports retry within minutes; people send the same words again another day.
 */
export const UNDATED_COPY_MS = 10 * 60_000;

type MailSource = "http" | "smtp";

/**
 * Sender and recipients as the transport named them. `from` is "" for the null sender of notices, null if unknown. `peer`
 * is the server that handed the mail over by SMTP, with the name it gave; null or missing if there was none.
 */
export type MailEnvelope = { from: string | null; to: string[]; peer?: StoredInboundEmail["peer"] };

type Arrival = { envelope: MailEnvelope; source: MailSource };
/** A mail in one piece, or in parts. */
type RawMail = Uint8Array | readonly Uint8Array[];

export type Receipt = { ledgerId: string; duplicate: boolean };

/**
 * Puts a mail into the ledger before anything reads it. Once this resolves, a majority has its bytes and its row and it
 * will become a ticket, so the sender may be told that it arrived. The same mail again, even at the same time, raises
 * `copies` of its one row and is a `duplicate`; one without Date and Message-ID only within 10 minutes. An empty mail
 * leaves an ignored row. Throws if the database did not store the mail: the sender must then keep it and send it again.
 */
export async function receiveMail(
  { raw, envelope, source }: Arrival & { raw: RawMail },
  now = new Date(),
): Promise<Receipt> {
  const parts = raw instanceof Uint8Array ? [raw] : raw;
  const { key: desk } = await readDesk();
  const { hash, isDated, isEmpty } = await identifyMail(desk, parts);
  return writeRow({
    desk,
    hash,
    comesAgain: !isDated && !isEmpty,
    parts,
    envelope,
    source,
    sizeBytes: parts.reduce((sum, part) => sum + part.length, 0),
    outcome: isEmpty ? { state: "ignored", reason: "empty" } : { state: "received" },
    now,
  });
}

/**
 * Leaves a failed row for a mail that was refused as larger than `MAIL_MAX_BYTES`, so that the team sees who could not
 * reach them. `head` is the beginning that arrived; it is empty if the sender only announced the size.
 */
export async function recordRefusedMail({
  head,
  sizeBytes,
  envelope,
  source,
}: Arrival & { head: Uint8Array; sizeBytes: number }): Promise<Receipt> {
  const { key: desk } = await readDesk();
  const identity =
    head.length > 0 ? (await identifyMail(desk, [head])).hash : JSON.stringify([envelope, sizeBytes]);
  return writeRow({
    desk,
    hash: sha256(`too large\n${desk}\n${identity}`),
    comesAgain: false,
    parts: [head],
    envelope,
    source,
    sizeBytes,
    outcome: {
      state: "failed",
      error:
        head.length > 0
          ? "The mail is larger than 40 MB and was refused; its beginning is kept."
          : "The mail was announced as larger than 40 MB and was refused; nothing of it arrived.",
    },
    now: new Date(),
  });
}

/** The `_id` of the row of a mail that came for the `repeat`-th time as a new one; 0 is the first. */
export function ledgerIdOf(hash: string, repeat: number): string {
  return repeat === 0 ? hash : sha256(`again\n${repeat}\n${hash}`);
}

/** The mail as it arrived, byte for byte; null if there is no such row. */
export async function readRawMail(ledgerId: string): Promise<Buffer | null> {
  const row = await InboundEmail.findById(ledgerId).select("raw rawFileId").lean<RawOf>();
  if (!row) return null;
  return row.rawFileId ? readFile("raw", row.rawFileId) : toBuffer(row.raw);
}

/** The same in pieces, read as they are taken. A file that is gone throws at its first piece. */
export async function openRawMail(ledgerId: string): Promise<AsyncIterable<Uint8Array> | null> {
  const row = await InboundEmail.findById(ledgerId).select("raw rawFileId").lean<RawOf>();
  if (!row) return null;
  return row.rawFileId ? openFile("raw", row.rawFileId) : Readable.from([toBuffer(row.raw)]);
}

type RawOf = Pick<StoredInboundEmail, "raw" | "rawFileId">;

/** A lean read returns the driver's Binary instead of the Buffer that the schema names. */
function toBuffer(stored: Buffer | mongoose.mongo.Binary | null): Buffer {
  if (stored instanceof mongoose.mongo.Binary) return Buffer.from(stored.buffer.subarray(0, stored.length()));
  return stored ?? Buffer.alloc(0);
}

type Row = Arrival & {
  desk: string;
  hash: string;
  comesAgain: boolean;
  parts: readonly Uint8Array[];
  sizeBytes: number;
  outcome: Pick<StoredInboundEmail, "state"> & Partial<Pick<StoredInboundEmail, "reason" | "error">>;
  now: Date;
};

async function writeRow(arrival: Row): Promise<Receipt> {
  const { desk, hash, comesAgain, parts, envelope, source, sizeBytes, outcome, now } = arrival;
  const arrivalId = randomUUID();
  const rawFileId = parts.some((part) => part.length > 0) ? await storeFile("raw", parts) : null;
  if (globalThis.CRASH_POINTS) crashPoint("ingest.raw-file-written");
  const fields = {
    inbox: desk,
    ...outcome,
    rawFileId,
    sizeBytes,
    envelopeFrom: envelope.from,
    envelopeTo: envelope.to,
    peer: envelope.peer ?? null,
    source,
    receivedAt: now,
    arrivalId,
  };
  const copiesSince = comesAgain ? new Date(now.getTime() - UNDATED_COPY_MS) : null;
  const stored = await settleOutcome(() => upsertRow(hash, fields, copiesSince));
  if (globalThis.CRASH_POINTS) crashPoint("ingest.in-ledger");
  const duplicate = stored.arrivalId !== arrivalId;
  if (duplicate && rawFileId) await discardFiles("raw", [rawFileId]);
  countInbound(duplicate ? "duplicate" : "new");
  if (!duplicate && outcome.state === "received") nudge("ingest");
  return { ledgerId: stored._id, duplicate };
}

type Stored = Pick<StoredInboundEmail, "_id" | "arrivalId">;

/**
 * Inserts the row or counts a copy, in one write, and returns the row with the arrival that inserted it. With
 * `copiesSince`, a row that came no later stays as it is, and the mail gets the next repeat's row.
 */
async function upsertRow(
  hash: string,
  fields: Partial<StoredInboundEmail>,
  copiesSince: Date | null,
): Promise<Stored> {
  for (let repeat = 0; ;) {
    const copied = copiesSince ? { receivedAt: trusted({ $gt: copiesSince }) } : {};
    try {
      const row = await InboundEmail.findOneAndUpdate(
        { _id: ledgerIdOf(hash, repeat), ...copied },
        insertOrCount({ ...fields, repeat }),
        { upsert: true, updatePipeline: true, returnDocument: "after", projection: { arrivalId: 1 } },
      )
        .orFail()
        .lean<Stored>();
      if (repeat > 0 && row.arrivalId === fields.arrivalId)
        await InboundEmail.updateOne({ _id: hash }, { $max: { lastRepeat: repeat } });
      return row;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    if (copiesSince) repeat = await nextRepeat(hash, repeat, copiesSince);
  }
}

/** An update that fills a new row, due by the database's clock, and counts a copy in one that was there. */
function insertOrCount(fields: Partial<StoredInboundEmail>): UpdateQuery<StoredInboundEmail> {
  const { _id, ...row } = new InboundEmail(fields).toObject(); // with the model's defaults
  const due = fields.state === "received" ? { dueAt: "$$NOW" } : {};
  const isNew = { $eq: [{ $type: "$state" }, "missing"] };
  const copied = { copies: { $add: [{ $ifNull: ["$copies", 0] }, 1] } };
  const inserted = { $mergeObjects: [{ _id: "$_id" }, { $literal: row }, due] };
  return [
    { $replaceWith: { $cond: [isNew, inserted, { $mergeObjects: ["$$ROOT", copied] }] } },
  ] as unknown as UpdateQuery<StoredInboundEmail>;
}

/** The repeat to try after an insert collided: the same one if another arrival was just faster. */
async function nextRepeat(hash: string, repeat: number, copiesSince: Date): Promise<number> {
  const row = await InboundEmail.findById(ledgerIdOf(hash, repeat))
    .select("receivedAt lastRepeat")
    .lean<Pick<StoredInboundEmail, "receivedAt" | "lastRepeat">>();
  if (!row || row.receivedAt > copiesSince) return repeat;
  return Math.max(repeat + 1, row.lastRepeat ?? 0);
}
