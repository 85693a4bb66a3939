import "server-only";
import { randomUUID } from "node:crypto";
import { sha256 } from "@/lib/hash";
import mongoose from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import { countInbound } from "@/lib/metrics";
import { nudgeFollowers } from "@/lib/process/nudge";
import { isDuplicateKey } from "@/lib/store/errors";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { discardFiles, readFile, storeFile } from "@/lib/store/file-store";
import { inboxName } from "@/lib/conversation/inbox";
import { mailHash } from "@/lib/mail/mail-hash";

/** Largest mail accepted. A larger one is refused and leaves a failed row. */
export const MAIL_MAX_BYTES = 40 * 1024 * 1024;
/** How much of the beginning of a refused mail is kept. */
export const REFUSED_HEAD_BYTES = 1024 * 1024;
/** Largest mail kept in its row; MongoDB's documents hold 16 MB. */
const ROW_MAX_BYTES = 4 * 1024 * 1024;

type MailSource = "http" | "smtp";

/** Sender and recipients as the transport named them. `from` is "" for the null sender of notices, null if unknown. */
export type MailEnvelope = { from: string | null; to: string[] };

type Arrival = { raw: Uint8Array; envelope: MailEnvelope; source: MailSource };

export type Receipt = { ledgerId: string; duplicate: boolean };

/**
 * Puts a mail into the ledger before anything reads it. Once this resolves, a majority has stored it and it will become
 * a ticket, so the sender may be told that it arrived. The same mail again, even at the same time, raises `copies` of
 * its one row and is a `duplicate`. An empty mail leaves an ignored row. Throws if the database did not store the mail:
 * the sender must then keep it and send it again.
 */
export async function receiveMail({ raw, envelope, source }: Arrival): Promise<Receipt> {
  const isEmpty = raw.every((byte) => byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09);
  return writeRow({
    ledgerId: mailHash(inboxName(), raw),
    raw,
    envelope,
    source,
    sizeBytes: raw.length,
    outcome: isEmpty ? { state: "ignored", reason: "empty" } : { state: "received", dueAt: new Date() },
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
}: Omit<Arrival, "raw"> & { head: Uint8Array; sizeBytes: number }): Promise<Receipt> {
  const identity = head.length > 0 ? mailHash(inboxName(), head) : JSON.stringify([envelope, sizeBytes]);
  return writeRow({
    ledgerId: sha256(`too large\n${inboxName()}\n${identity}`),
    raw: head,
    envelope,
    source,
    sizeBytes,
    outcome: {
      state: "failed",
      error: "The mail is larger than 40 MB and was refused; its beginning is kept.",
    },
  });
}

/** The mail as it arrived, byte for byte; null if there is no such row. */
export async function readRawMail(ledgerId: string): Promise<Buffer | null> {
  const row = await InboundEmail.findById(ledgerId).select("raw rawFileId").lean<RawOf>();
  if (!row) return null;
  return row.rawFileId ? readFile("raw", row.rawFileId) : toBuffer(row.raw);
}

type RawOf = Pick<StoredInboundEmail, "raw" | "rawFileId">;

/** A lean read returns the driver's Binary instead of the Buffer that the schema names. */
function toBuffer(stored: Buffer | mongoose.mongo.Binary | null): Buffer {
  if (stored instanceof mongoose.mongo.Binary) return Buffer.from(stored.buffer.subarray(0, stored.length()));
  return stored ?? Buffer.alloc(0);
}

type Row = Arrival & {
  ledgerId: string;
  sizeBytes: number;
  outcome: Pick<StoredInboundEmail, "state"> &
    Partial<Pick<StoredInboundEmail, "dueAt" | "reason" | "error">>;
};

async function writeRow({ ledgerId, raw, envelope, source, sizeBytes, outcome }: Row): Promise<Receipt> {
  const arrivalId = randomUUID();
  const rawFileId = raw.length > ROW_MAX_BYTES ? await storeFile("raw", raw) : null;
  if (globalThis.CRASH_POINTS) crashPoint("ingest.raw-file-written");
  const firstArrival = await settleOutcome(() =>
    upsertRow(ledgerId, {
      inbox: inboxName(),
      ...outcome,
      raw: rawFileId ? null : Buffer.from(raw),
      rawFileId,
      sizeBytes,
      envelopeFrom: envelope.from,
      envelopeTo: envelope.to,
      source,
      receivedAt: new Date(),
      arrivalId,
    }),
  );
  if (globalThis.CRASH_POINTS) crashPoint("ingest.in-ledger");
  const duplicate = firstArrival !== arrivalId;
  if (duplicate && rawFileId) await discardFiles("raw", [rawFileId]);
  countInbound(duplicate ? "duplicate" : "new");
  if (!duplicate && outcome.state === "received") nudgeFollowers();
  return { ledgerId, duplicate };
}

/** Inserts the row or counts a copy, in one write. Returns the arrival that inserted the row. */
async function upsertRow(ledgerId: string, fields: Partial<StoredInboundEmail>): Promise<string | null> {
  for (;;) {
    try {
      const row = await InboundEmail.findOneAndUpdate(
        { _id: ledgerId },
        { $setOnInsert: fields, $inc: { copies: 1 } },
        { upsert: true, returnDocument: "after", projection: { arrivalId: 1 } },
      ).lean<Pick<StoredInboundEmail, "arrivalId">>();
      return row?.arrivalId ?? null;
    } catch (error) {
      // The slower of two simultaneous upserts may collide; its second attempt finds the row.
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
