import "server-only";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { crashPoint } from "@/lib/process/crash-point";
import { trusted } from "@/lib/store/db";
import { log } from "@/lib/log";
import { nudgeFollowers } from "@/lib/process/nudge";
import { isOutcomeUnknown, OutcomeUnknownError, settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredAttachment, type StoredMessage } from "@/models/EmailMessageModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { storeAttachments } from "./attachments";
import { discardFiles } from "@/lib/store/file-store";
import { fileMail } from "./file-mail";
import {
  DONE,
  inboundMessageId,
  threadIdOf,
  type Filing,
  type FilingOutcome,
  type LeasedRow,
} from "./filing";
import { readRawMail } from "./ledger";
import { inboxName } from "@/lib/conversation/inbox";
import { isAutomatic } from "@/lib/mail/automatic";
import { parseMail } from "@/lib/mail/parse";
import { isOwnReply, matchThread } from "./thread-match";

/** A step that takes longer is taken for dead, and another may start over; the slower one then finds its lease gone. */
const LEASE_MS = 60_000;
const ATTEMPTS_MAX = 5;
const FIRST_PAUSE_MS = 5_000;
/** Other mails of the same new thread can be faster this often in a row. */
const COLLISIONS_MAX = 20;

/** Makes a ticket of one mail of the ledger that is due, or says that there is none. */
export async function ingestStep(now: Date): Promise<{ worked: boolean }> {
  return { worked: await ingestDue({}, now) };
}

/**
 * Makes a ticket of one mail right away, or waits for whoever is at it. The thread's id, or null where it took longer
 * than `waitMs` or the mail became no ticket; what is not done by then goes on. Never rejects for the mail's sake.
 */
export async function ingestNow(ledgerId: string, waitMs = 5_000): Promise<string | null> {
  const deadline = performance.now() + waitMs;
  const patience = new AbortController();
  const working = ingestDue({ _id: ledgerId }, new Date()).catch((error: unknown) => {
    log.warn({ ledgerId, err: nameOf(error) }, "mail waits for the next attempt");
  });
  const waiting = sleep(waitMs, undefined, { signal: patience.signal }).catch(() => undefined);
  await Promise.race([working, waiting]);
  patience.abort();
  for (;;) {
    const row = await InboundEmail.findById(ledgerId).select("state threadId").lean();
    if (row?.state !== "received")
      return row?.state === "ticketed" ? (row.threadId?.toHexString() ?? null) : null;
    if (performance.now() >= deadline) return null;
    await sleep(50);
  }
}

async function ingestDue(which: { _id?: string }, now: Date): Promise<boolean> {
  const row = await leaseRow(which, now);
  if (!row) return false;
  if (globalThis.CRASH_POINTS) crashPoint("ingest.leased");
  if (row.attempts > ATTEMPTS_MAX) {
    await finish(row, {
      ...DONE,
      state: "failed",
      error: "Every attempt to read this mail ended without an answer.",
    });
    return true;
  }
  try {
    await ingest(row);
  } catch (error) {
    await settleOutcome(() => recordFailure(row, error, now));
    if (isAway(error)) throw error;
  }
  nudgeFollowers();
  return true;
}

/** `dueAt` moves to the end of the lease, so that a row whose worker died is found again by the same query. */
async function leaseRow(which: { _id?: string }, now: Date): Promise<LeasedRow | null> {
  const leaseId = randomUUID();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const row = await InboundEmail.findOneAndUpdate(
    { ...which, state: "received", dueAt: trusted({ $lte: now }) },
    { $set: { leaseId, leaseUntil, dueAt: leaseUntil }, $inc: { attempts: 1 } },
    { sort: { dueAt: 1 }, returnDocument: "after", projection: { raw: 0 } },
  ).lean<LeasedRow>();
  return row && { ...row, leaseId };
}

async function ingest(row: LeasedRow): Promise<void> {
  const raw = await readRawMail(row._id);
  if (!raw) return;
  const mail = await parseMail(raw, row._id);
  if (globalThis.CRASH_POINTS) crashPoint("ingest.parsed");
  const ownId = mail.head.messageId ?? `${row._id.slice(0, 40)}@no-message-id.invalid`;
  if (mail.head.messageId && (await isOwnReply(row.inbox, ownId))) {
    return finish(row, { ...DONE, state: "ignored", reason: "echo" });
  }
  const messageId = inboundMessageId(row.inbox, ownId, mail.contentHash);
  if (await settleAsCopy(row, messageId)) return;

  const attachments = await storeAttachments(mail.attachments);
  if (globalThis.CRASH_POINTS) crashPoint("ingest.attachments-stored");
  const outcome = await fileInThread({
    row,
    mail,
    ownId,
    messageId,
    attachments,
    automatic: isAutomatic(mail, { envelopeFrom: row.envelopeFrom, inbox: inboxName() }),
  });
  if (outcome === "filed") return;
  await settleAsCopy(row, messageId);
  await discardUnused(attachments, messageId);
}

/** Until no other mail of the same thread came in between: each time, the thread is looked up anew. */
async function fileInThread(parts: Omit<Filing, "match">): Promise<FilingOutcome> {
  const { row, mail, ownId } = parts;
  for (let round = 0; round < COLLISIONS_MAX; round += 1) {
    const filing = { ...parts, match: await matchThread(row.inbox, mail, ownId) };
    const fixed = await InboundEmail.updateOne(
      { _id: row._id, state: "received", leaseId: row.leaseId },
      { $set: { threadId: threadIdOf(filing) } },
    );
    if (fixed.matchedCount === 0) return "lease_lost";
    const outcome = await settleOutcome(() => fileMail(filing));
    if (outcome !== "alias_taken") return outcome;
  }
  throw new Error("Other mails of the same thread were faster every time.");
}

/** Where this very mail is in a ticket already, the row says so and is done. */
async function settleAsCopy(row: LeasedRow, messageId: string): Promise<boolean> {
  const message = await EmailMessage.findById(messageId)
    .select("threadId")
    .lean<Pick<StoredMessage, "threadId">>();
  if (!message) return false;
  await finish(row, { ...DONE, state: "ticketed", threadId: message.threadId, messageId });
  return true;
}

/** Files stored for this attempt; where an attempt with a lost answer had happened, its message names them. */
async function discardUnused(attachments: StoredAttachment[], messageId: string): Promise<void> {
  const message = await EmailMessage.findById(messageId)
    .select("attachments")
    .lean<Pick<StoredMessage, "attachments">>();
  const used = new Set(message?.attachments.map((attachment) => attachment.fileId.toHexString()));
  const unused = attachments
    .map((attachment) => attachment.fileId)
    .filter((id) => !used.has(id.toHexString()));
  await discardFiles("attachments", unused);
}

/** Writes a row's outcome, unless the lease is gone: then somebody else answers for it. */
async function finish(row: LeasedRow, outcome: Partial<StoredInboundEmail>): Promise<void> {
  await InboundEmail.updateOne({ _id: row._id, state: "received", leaseId: row.leaseId }, { $set: outcome });
}

/** An absent database is not the mail's fault and does not count; any other failure does, and the fifth is the last. */
async function recordFailure(row: LeasedRow, error: unknown, now: Date): Promise<void> {
  const filter = { _id: row._id, state: "received" as const, leaseId: row.leaseId };
  if (isAway(error)) {
    const soon = { ...DONE, dueAt: new Date(now.getTime() + FIRST_PAUSE_MS) };
    await InboundEmail.updateOne(filter, { $set: soon, $inc: { attempts: -1 } });
    return;
  }
  const words = `Making a ticket of this mail failed (${nameOf(error)}).`;
  const isLast = row.attempts >= ATTEMPTS_MAX;
  const dueAt = isLast ? null : new Date(now.getTime() + FIRST_PAUSE_MS * 2 ** row.attempts);
  const state = isLast ? "failed" : "received";
  log.error(
    { ledgerId: row._id, attempt: row.attempts, err: nameOf(error), at: framesOf(error) },
    "mail not ingested",
  );
  await InboundEmail.updateOne(filter, { $set: { ...DONE, state, dueAt, error: words } });
}

function isAway(error: unknown): boolean {
  return error instanceof OutcomeUnknownError || isOutcomeUnknown(error);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}

/** Where it happened, without the message: that could quote the mail. */
function framesOf(error: unknown): string[] {
  return error instanceof Error
    ? (error.stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 5)
    : [];
}
