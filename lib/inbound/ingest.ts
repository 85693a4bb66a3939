import "server-only";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { crashPoint } from "@/lib/process/crash-point";
import { trusted } from "@/lib/store/db";
import { log } from "@/lib/log";
import { nudge } from "@/lib/process/nudge";
import { isDatabaseAway, settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { discardFilesOf, LeaseLostError, storeAttachments } from "./attachments";
import { fileMail } from "./file-mail";
import {
  DONE,
  inboundMessageId,
  threadIdOf,
  type Filing,
  type FilingOutcome,
  type LeasedRow,
} from "./filing";
import { inLane, isSlowSender, noteSlowSender, ORDINARY_MAX_BYTES } from "./lanes";
import { readRawMail } from "./ledger";
import { inboxName } from "@/lib/conversation/inbox";
import { isAutomatic } from "@/lib/mail/automatic";
import { parseMail, parseOrdinaryMail, type Lane, type ParsedMail } from "@/lib/mail/parse";
import { senderKey } from "@/lib/mail/sender-key";
import { isOwnReply, matchThread } from "./thread-match";

/** A worker that takes longer loses its lease: another starts over, and the slow one can record nothing. */
const LEASE_MS = 60_000;
const ATTEMPTS_MAX = 5;
const FIRST_PAUSE_MS = 5_000;
/** How often other mails of the same new thread may be faster before this one waits for its next attempt. */
const COLLISIONS_MAX = 20;

/**
 * Files one due mail of the ledger in a ticket, unless it is slow: larger than 1 MB, over `limitMs` in one step of
 * parsing, or of a sender whose mail was. It then goes to the slow lane, so that it keeps no other mail waiting.
 */
export async function ingestStep(now: Date, limitMs?: number): Promise<{ worked: boolean }> {
  const worked = await inLane("ordinary", () => ingestDue({ lane: "ordinary", limitMs }, now));
  return { worked: worked === true };
}

/** Files one due mail of the slow lane in a ticket. One at a time in each process, so that few are in memory. */
export async function ingestSlowStep(now: Date): Promise<{ worked: boolean }> {
  const worked = await inLane("slow", () => ingestDue({ lane: "slow" }, now));
  return { worked: worked === true };
}

/**
 * Files this mail at once, or waits while another worker does. Returns the thread's id; null after `waitMs`, when filing
 * goes on without the caller, or if the mail belongs to no ticket. Never rejects because of the mail itself.
 */
export async function ingestNow(ledgerId: string, waitMs = 5_000): Promise<string | null> {
  const deadline = performance.now() + waitMs;
  const patience = new AbortController();
  const working = ingestOne(ledgerId, patience.signal).catch((error: unknown) => {
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

/** Tries the ordinary lane, and the slow one if the mail was sent there; another worker may have the mail by then. */
async function ingestOne(_id: string, patience: AbortSignal): Promise<void> {
  await inLane("ordinary", () => ingestDue({ _id, lane: "ordinary" }, new Date()), patience);
  if (!(await InboundEmail.exists({ _id, state: "received", isSlow: true }))) return;
  await inLane("slow", () => ingestDue({ _id, lane: "slow" }, new Date()), patience);
}

type Which = { lane: Lane; _id?: string; limitMs?: number | undefined };

async function ingestDue(which: Which, now: Date): Promise<boolean> {
  const row = await leaseRow(which, now);
  if (!row) return false;
  if (globalThis.CRASH_POINTS) crashPoint("ingest.leased");
  if (row.attempts > ATTEMPTS_MAX) {
    await discardFilesOf(row);
    await finish(row, {
      ...DONE,
      state: "failed",
      error: "Every attempt to read this mail ended without an answer.",
    });
    return true;
  }
  try {
    await ingest(row, which, now);
  } catch (error) {
    if (error instanceof LeaseLostError) return true;
    await settleOutcome(() => recordFailure(row, error, now));
    if (isDatabaseAway(error)) throw error;
  }
  nudge("cards", "events");
  return true;
}

/** `dueAt` moves to the end of the lease, so the same query finds the row again if its worker dies. */
async function leaseRow({ lane, _id }: Which, now: Date): Promise<LeasedRow | null> {
  const leaseId = randomUUID();
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const row = await InboundEmail.findOneAndUpdate(
    {
      ...(_id === undefined ? {} : { _id }),
      state: "received",
      isSlow: lane === "slow" ? true : null,
      dueAt: trusted({ $lte: now }),
    },
    { $set: { leaseId, leaseUntil, dueAt: leaseUntil }, $inc: { attempts: 1 } },
    { sort: { dueAt: 1 }, returnDocument: "after", projection: { raw: 0 } },
  ).lean<LeasedRow>();
  return row && { ...row, leaseId };
}

async function ingest(row: LeasedRow, which: Which, now: Date): Promise<void> {
  if (row.storedFiles?.length) await discardFilesOf(row);
  const mail = await readMail(row, which);
  if (mail === "removed") return;
  if (mail === "slow") return moveToSlowLane(row, now);
  if (globalThis.CRASH_POINTS) crashPoint("ingest.parsed");
  const ownId = mail.head.messageId ?? `${row._id.slice(0, 40)}@no-message-id.invalid`;
  if (mail.head.messageId && (await isOwnReply(row.inbox, ownId))) {
    return finish(row, { ...DONE, state: "ignored", reason: "echo" });
  }
  const messageId = inboundMessageId(row.inbox, ownId, mail.contentHash);
  if (await settleAsCopy(row, messageId)) return;

  const attachments = await storeAttachments(row, mail.attachments);
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
  await discardFilesOf(row);
  await settleAsCopy(row, messageId);
}

/** The parsed mail; "slow" if it belongs in the slow lane; "removed" if its row is gone. */
async function readMail(row: LeasedRow, { lane, limitMs }: Which): Promise<ParsedMail | "slow" | "removed"> {
  if (lane === "ordinary" && row.sizeBytes > ORDINARY_MAX_BYTES) return "slow";
  const raw = await readRawMail(row._id);
  if (!raw) return "removed";
  if (lane === "slow") return parseMail(raw, row._id);
  const sender = senderKey(raw);
  if (isSlowSender(sender)) return "slow";
  const mail = await parseOrdinaryMail(raw, row._id, limitMs);
  if (!mail) noteSlowSender(sender);
  return mail ?? "slow";
}

/** Gives the row back, due at once; this was no failed attempt. */
async function moveToSlowLane({ _id, leaseId }: LeasedRow, now: Date): Promise<void> {
  await settleOutcome(() =>
    InboundEmail.updateOne(
      { _id, state: "received", leaseId },
      { $set: { ...DONE, dueAt: now, isSlow: true }, $inc: { attempts: -1 } },
    ),
  );
  nudge("ingest");
}

/** Looks up the thread and files the mail, again and again while other mails of the same thread are faster. */
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
    if (outcome !== "alias_taken" && outcome !== "thread_closed") return outcome;
  }
  throw new Error("Other mails of the same thread were faster every time.");
}

/** Finishes the row if this mail is in a ticket already; false if it is not. */
async function settleAsCopy(row: LeasedRow, messageId: string): Promise<boolean> {
  const message = await EmailMessage.findById(messageId)
    .select("threadId")
    .lean<Pick<StoredMessage, "threadId">>();
  if (!message) return false;
  await finish(row, { ...DONE, state: "ticketed", threadId: message.threadId, messageId });
  return true;
}

/** Writes a row's outcome; does nothing if another worker has the lease. */
async function finish(row: LeasedRow, outcome: Partial<StoredInboundEmail>): Promise<void> {
  await InboundEmail.updateOne({ _id: row._id, state: "received", leaseId: row.leaseId }, { $set: outcome });
}

/** Counts a failed attempt, the fifth being the last. If the database was away, the attempt does not count. */
async function recordFailure(row: LeasedRow, error: unknown, now: Date): Promise<void> {
  const filter = { _id: row._id, state: "received" as const, leaseId: row.leaseId };
  if (isDatabaseAway(error)) {
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
  await discardFilesOf(row);
  await InboundEmail.updateOne(filter, { $set: { ...DONE, state, dueAt, error: words } });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}

/** The stack without the error's message, which could quote the mail. */
function framesOf(error: unknown): string[] {
  return error instanceof Error
    ? (error.stack ?? "")
        .split("\n")
        .filter((line) => /^\s+at /.test(line))
        .slice(0, 5)
    : [];
}
