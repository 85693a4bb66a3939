import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { readDesk } from "@/lib/conversation/desk";
import { log } from "@/lib/log";
import { isAutomatic } from "@/lib/mail/automatic";
import { parseMail, parseOrdinaryMail, type Lane, type ParsedMail } from "@/lib/mail/parse";
import { checkSender } from "@/lib/mail/sender-check";
import { senderKey } from "@/lib/mail/sender-key";
import { crashPoint } from "@/lib/process/crash-point";
import { nudge } from "@/lib/process/nudge";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased as QueueLeased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { isDatabaseAway, settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { sendingOf } from "./arrival";
import { discardFilesOf, LeaseLostError, storeAttachments } from "./attachments";
import { fileInThread } from "./file-in-thread";
import { DONE, inboundMessageId, ROW_FIELDS, type LeasedRow } from "./filing";
import {
  beginRound,
  hadTheirTurn,
  inLane,
  isSlowSender,
  noteSlowSender,
  noteTurn,
  ORDINARY_MAX_BYTES,
} from "./lanes";
import { openRawMail, readRawMail } from "./ledger";
import { isOwnHandoverMail } from "./own-handover-mail";
import { findReaction, findReportedReply } from "./reported-reply";
import { isOwnReply } from "./thread-match";

const ATTEMPTS_MAX = 5;
/** Pause after an attempt at which the database was away, in milliseconds. */
const AWAY_PAUSE_MS = 5_000;
/** How often somebody who waits for a mail's ticket looks for it, in milliseconds. */
const LOOK_EVERY_MS = 25;

/** Mails of the ledger that have no ticket yet. A worker that takes longer than its lease can record nothing. */
const RECEIVED: Omit<Queue<StoredInboundEmail>, "name" | "where"> = {
  model: InboundEmail,
  leaseMs: 60_000,
  project: ROW_FIELDS,
  retry: { attemptsMax: ATTEMPTS_MAX, firstMs: 10_000, longestMs: 160_000 },
  countsLostLeases: true,
  failure: "Making a ticket of this mail failed",
  bury: keepAsFailed,
};
/** One for each lane. */
export const INGEST: Record<Lane, Queue<StoredInboundEmail>> = {
  ordinary: { ...RECEIVED, name: "ingest", where: { state: "received", isSlow: null } },
  slow: { ...RECEIVED, name: "ingest-slow", where: { state: "received", isSlow: true } },
};

/**
 * Files one due mail of the ledger in a ticket, unless it is slow: larger than 1 MB, over `limitMs` in one step of
 * parsing, or of a sender whose mail was. It then goes to the slow lane, so that it keeps no other mail waiting.
 */
export async function ingestStep(clock: Clock = "$$NOW", limitMs?: number): Promise<{ worked: boolean }> {
  const worked = await inLane("ordinary", () => ingestDue({ lane: "ordinary", limitMs }, clock));
  return { worked: worked === true };
}

/**
 * Files one due mail of the slow lane in a ticket, its senders taking turns. One at a time in each process, so that few
 * are in memory.
 */
export async function ingestSlowStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  const worked = await inLane("slow", async () => {
    const others = { slowSender: trusted({ $nin: hadTheirTurn() }) };
    if (await ingestDue({ lane: "slow", where: others }, clock)) return true;
    if (hadTheirTurn().length === 0) return false;
    beginRound();
    return ingestDue({ lane: "slow" }, clock);
  });
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
  return awaitTicket(ledgerId, deadline - performance.now());
}

/**
 * Waits until a worker has filed this mail. Returns the thread's id; null after `waitMs`, or if the mail belongs to no
 * ticket.
 */
export async function awaitTicket(ledgerId: string, waitMs = 5_000): Promise<string | null> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    // As everybody will see it: the ticket's page may be asked for at once.
    const row = await InboundEmail.findById(ledgerId, { state: 1, threadId: 1 })
      .readConcern("majority")
      .lean();
    if (row?.state !== "received")
      return row?.state === "ticketed" ? (row.threadId?.toHexString() ?? null) : null;
    if (performance.now() >= deadline) return null;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Tries the ordinary lane, and the slow one if the mail was sent there; another worker may have the mail by then. */
async function ingestOne(_id: string, patience: AbortSignal): Promise<void> {
  await inLane("ordinary", () => ingestDue({ lane: "ordinary", where: { _id } }, "$$NOW"), patience);
  if (!(await InboundEmail.exists({ _id, state: "received", isSlow: true }))) return;
  await inLane("slow", () => ingestDue({ lane: "slow", where: { _id } }, "$$NOW"), patience);
}

type Which = { lane: Lane; where?: Record<string, unknown>; limitMs?: number | undefined };

async function ingestDue(which: Which, clock: Clock): Promise<boolean> {
  const lane = INGEST[which.lane];
  const queue = which.where ? { ...lane, where: { ...lane.where, ...which.where } } : lane;
  const { worked } = await runQueue(queue, (leased) => ingestLeased(leased, which, clock), { clock });
  return worked;
}

type Leased = QueueLeased<StoredInboundEmail>;
const rowOf = ({ row, leaseId, until }: Leased): LeasedRow => ({
  ...row,
  leaseId,
  leasedAt: new Date(until.getTime() - RECEIVED.leaseMs),
});

async function ingestLeased(leased: Leased, which: Which, clock: Clock): Promise<void> {
  if (globalThis.CRASH_POINTS) crashPoint("ingest.leased");
  const row = rowOf(leased);
  if (which.lane === "slow") noteTurn(row.slowSender ?? "");
  try {
    await ingest(row, which, (sender) => moveToSlowLane(leased, sender, clock));
  } catch (error) {
    if (error instanceof LeaseLostError) return;
    if (isDatabaseAway(error)) await putOff(leased, clock).catch(() => undefined);
    else await noteFailure(row, error);
    throw error;
  }
  nudge("cards", "events");
}

type ToSlowLane = (sender: string) => Promise<unknown>;

async function ingest(row: LeasedRow, which: Which, toSlowLane: ToSlowLane): Promise<void> {
  if (row.storedFiles?.length) await discardFilesOf(row);
  const mail = await readMail(row, which);
  if (mail === "removed") return;
  if ("slowSender" in mail) return void (await toSlowLane(mail.slowSender));
  if (globalThis.CRASH_POINTS) crashPoint("ingest.parsed");
  const desk = await readDesk();
  const ownId = mail.head.messageId ?? `${row._id.slice(0, 40)}@no-message-id.invalid`;
  const isOwn = (address: string) => desk.isOwn(address);
  const automatic = isAutomatic(mail, { envelopeFrom: row.envelopeFrom, isOwn });
  const isEcho = isOwnHandoverMail(desk, mail, automatic);
  if (isEcho || (mail.head.messageId && (await isOwnReply(desk, ownId)))) {
    return finish(row, { ...DONE, state: "ignored", reason: "echo" });
  }
  const messageId = inboundMessageId(row.inbox, ownId, mail);
  if (await settleAsCopy(row, messageId)) return;
  const senderCheck = await checkSender({ ...row, head: mail.head, raw: () => openRawMail(row._id) });

  const attachments = await storeAttachments(row, mail.attachments);
  if (globalThis.CRASH_POINTS) crashPoint("ingest.attachments-stored");
  const parsed = { row, desk, mail, messageId, senderCheck };
  const outcome = await fileInThread({
    ...parsed,
    ownId,
    attachments,
    sending: await sendingOf(parsed),
    reported: await findReportedReply(parsed),
    reaction: await findReaction(parsed),
    automatic,
  });
  if (outcome === "filed") return;
  await discardFilesOf(row);
  await settleAsCopy(row, typeof outcome === "object" ? outcome.copyOf : messageId);
}

/** The parsed mail; its sender alone if it belongs in the slow lane; "removed" if its row is gone. */
async function readMail(
  row: LeasedRow,
  { lane, limitMs }: Which,
): Promise<ParsedMail | { slowSender: string } | "removed"> {
  if (lane === "ordinary" && row.sizeBytes > ORDINARY_MAX_BYTES)
    return { slowSender: await senderOfLarge(row._id) };
  const raw = await readRawMail(row._id);
  if (!raw) return "removed";
  if (lane === "slow") return parseMail(raw, row._id);
  const sender = senderKey(raw);
  if (isSlowSender(sender)) return { slowSender: sender };
  const mail = await parseOrdinaryMail(raw, row._id, limitMs);
  if (!mail) noteSlowSender(sender);
  return mail ?? { slowSender: sender };
}

/** Reads only the first piece of the mail; "" if that cannot be read, which the slow lane will find as well. */
async function senderOfLarge(ledgerId: string): Promise<string> {
  try {
    for await (const piece of (await openRawMail(ledgerId)) ?? []) return senderKey(piece);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
  }
  return "";
}

/** Gives the row back, due at once; this was no failed attempt. */
function moveToSlowLane(leased: Leased, slowSender: string, clock: Clock): Promise<boolean> {
  const set = { isSlow: true, slowSender };
  return settle(INGEST.ordinary, leased, { set, compute: SAME_ATTEMPTS, dueAt: clock });
}

/** Gives the row back while the database is away. The attempt does not count. */
function putOff(leased: Leased, clock: Clock): Promise<boolean> {
  return settle(INGEST.ordinary, leased, {
    compute: SAME_ATTEMPTS,
    dueAt: { $add: [clock, AWAY_PAUSE_MS] },
  });
}

const SAME_ATTEMPTS = { attempts: "$attempts" };

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

/** Keeps the reason for people who look at the mail while it waits for its next attempt. */
async function noteFailure(row: LeasedRow, error: unknown): Promise<void> {
  await discardFilesOf(row);
  const words = `Making a ticket of this mail failed (${nameOf(error)}).`;
  await settleOutcome(() =>
    InboundEmail.updateOne(
      { _id: row._id, state: "received", leaseId: row.leaseId },
      { $set: { error: words } },
    ),
  );
}

/** Ends a mail after its last attempt. It stays in the ledger, where a person can retry it. */
async function keepAsFailed(leased: Leased, error: string): Promise<void> {
  await discardFilesOf(rowOf(leased));
  await settle(INGEST.ordinary, leased, {
    set: { state: "failed", error, attempts: leased.attempts, slowSender: null },
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}
