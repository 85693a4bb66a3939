import "server-only";
import type { ClientSession, Types } from "mongoose";
import type { ContentId, ErasureEntry } from "@/lib/api/contracts";
import type { PrivacyCounts, TeamMember } from "@/lib/api/vocabulary";
import { sha256 } from "@/lib/hash";
import { nudge } from "@/lib/process/nudge";
import { inTransaction, QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { readClock, type Clock } from "@/lib/store/clock";
import { forgetDeadLetter } from "@/lib/store/queue/dead-letters";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { isDatabaseAway, settleOutcome } from "@/lib/store/unknown-outcome";
import { recordAudit } from "@/lib/team/audit";
import { newOperation } from "@/lib/tickets/transition";
import { Erasure, type StoredErasure } from "@/models/ErasureModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { countCustomer } from "./count";
import {
  mailsOf,
  messagesOf,
  stillSettled,
  threadsOf,
  toCustomer,
  type Customer,
  type LedgerRow,
} from "./customer";
import { emptyRows, eraseInTicket, NOTHING, type Erasing } from "./erase-ticket";
import { unfiledMailsOf } from "./unfiled-mails";

/** Pause if the job has to wait for a mail that is being filed or sent, in milliseconds. */
const WAIT_MS = 5_000;
/** Mails without a ticket that one batch empties. */
const MAILS_BATCH = 50;
/** Jobs that the privacy page lists. */
const LISTED_MAX = 20;

/** Jobs that go on. A worker that takes longer than its lease loses the job, and its batch is not committed. */
export const ERASURES: Queue<StoredErasure> = {
  name: "erasure",
  model: Erasure,
  where: { state: "running" },
  leaseMs: 60_000,
  retry: { attemptsMax: 10, firstMs: 30_000, longestMs: 60 * 60_000 },
  failure: "The erasure of a customer stopped before its end",
};

/**
 * Requests the erasure of a customer, up to now, and records in the audit log who did. A follower carries it out. A
 * customer whose erasure is running already gets that one. Safe to repeat with the same `op`.
 */
export async function requestErasure(
  customer: Customer,
  member: TeamMember,
  op = newOperation(),
): Promise<ErasureEntry> {
  const requestedAt = await readClock("$$NOW");
  const { id, email, name } = member;
  const job: StoredErasure = {
    _id: sha256(op),
    state: "running",
    address: customer.address,
    addressHash: customer.hash,
    by: { id, email, name },
    requestedAt,
    endedAt: null,
    expected: await countCustomer(customer, requestedAt),
    done: NOTHING,
    scannedTo: null,
    error: null,
    dueAt: requestedAt,
    leaseId: null,
    attempts: 0,
  };
  const stored = await settleOutcome(async () => {
    try {
      await inTransaction(async (session) => {
        await Erasure.create([job], { session });
        await audit(job, "requested", job.expected, session);
      });
      return job;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return findExisting(job);
    }
  });
  nudge("erasure");
  return toEntry(stored);
}

/** The job of an earlier attempt, or the customer's running one. */
async function findExisting({ _id, addressHash }: StoredErasure): Promise<StoredErasure> {
  const own = await Erasure.findById(_id).lean<StoredErasure>();
  return own ?? Erasure.findOne({ addressHash }).sort({ requestedAt: -1 }).orFail().lean<StoredErasure>();
}

/**
 * Stops a running erasure before its next batch; what is erased stays so. Does nothing to one that has ended. Null if
 * there is none.
 */
export async function cancelErasure(erasureId: ContentId, member: TeamMember): Promise<ErasureEntry | null> {
  const job = await settleOutcome(() =>
    inTransaction(async (session) => {
      const cancelled = await Erasure.findOneAndUpdate(
        { _id: erasureId, state: "running" },
        { $set: ENDED("cancelled") },
        { session, returnDocument: "after" },
      ).lean<StoredErasure>();
      if (cancelled) await audit({ ...cancelled, by: member }, "cancelled", cancelled.done, session);
      return cancelled;
    }),
  );
  if (job) await forgetDeadLetter(ERASURES, job._id);
  const stored = job ?? (await Erasure.findById(erasureId).lean<StoredErasure>());
  return stored && toEntry(stored);
}

/** The latest erasures, newest first. */
export async function listErasures(): Promise<ErasureEntry[]> {
  const jobs = await Erasure.find()
    .sort({ requestedAt: -1 })
    .limit(LISTED_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredErasure[]>();
  return jobs.map(toEntry);
}

/**
 * Carries out one batch of a running erasure. Every batch is one transaction with the job's own row, so it counts once,
 * never after the job was cancelled, and a crash loses nothing. Which work is left is read from what is still stored.
 */
export async function eraseStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  return runQueue(ERASURES, (leased) => eraseBatch(leased, clock), { clock });
}

async function eraseBatch(leased: Job, clock: Clock): Promise<void> {
  const job = leased.row;
  const customer = toCustomer(job.address ?? "");
  if (!customer) throw new Error("A running erasure has no address.");
  try {
    const erasing = { customer, before: job.requestedAt, by: job.by };
    await settleOutcome(() => nextBatch(leased, erasing, clock));
    if (leased.attempts > 0) await forgetDeadLetter(ERASURES, job._id);
  } catch (error) {
    if (!isDatabaseAway(error)) await noteFailure(leased, error);
    throw error;
  }
}

type Job = Leased<StoredErasure>;
const IS_RUNNING = { state: "running" as const };

/** For the privacy page. The queue retries the batch, and gives it up in the end. */
async function noteFailure({ row: { _id }, leaseId }: Job, error: unknown): Promise<void> {
  const words = `A batch failed (${error instanceof Error ? error.name : "unknown error"}); it is repeated.`;
  await settleOutcome(() => Erasure.updateOne({ _id, leaseId, ...IS_RUNNING }, { $set: { error: words } }));
}

/** Tickets, then mails in the customer's envelope, then mails that could not be filed; then the job is done. */
async function nextBatch(leased: Job, erasing: Erasing, clock: Clock): Promise<void> {
  const job = leased.row;
  const { customer, before } = erasing;
  const threadId = await nextTicket(customer, before);
  if (threadId) return commit(leased, clock, (session) => eraseInTicket(threadId, erasing, session));
  if (await isUnderWay(customer, before)) {
    const dueAt = { $add: [clock, WAIT_MS] };
    return void (await settle(ERASURES, leased, { set: { error: null }, dueAt, where: IS_RUNNING }));
  }
  const mails = await take(mailsOf(customer, { before }), MAILS_BATCH);
  if (mails.length > 0) return commit(leased, clock, (session) => eraseMails(mails, session));

  const { own, scannedTo } = await unfiledMailsOf(customer, { before, after: job.scannedTo });
  if (!scannedTo) return finish(leased);
  return commit(leased, clock, async (session) => {
    const rows = await stillSettled(own, session);
    const rawMails = await emptyRows(rows, session);
    // Otherwise this batch is looked at again.
    if (rows.length === own.length) await Erasure.updateOne({ _id: job._id }, { scannedTo }, { session });
    return { ...NOTHING, rawMails };
  });
}

/** Empties mails that are in no ticket. Of somebody else's mail only the customer's address goes. */
async function eraseMails(mails: LedgerRow[], session: ClientSession): Promise<PrivacyCounts> {
  const rows = await stillSettled(mails, session);
  const filed = rows.filter(({ messageId }) => messageId !== null).map(({ _id }) => _id);
  await InboundEmail.updateMany(
    { _id: trusted({ $in: filed }) },
    { envelopeFrom: null, peer: null },
    { session },
  );
  const unfiled = rows.filter(({ messageId }) => messageId === null);
  return { ...NOTHING, rawMails: await emptyRows(unfiled, session) };
}

async function nextTicket(customer: Customer, before: Date): Promise<Types.ObjectId | null> {
  for await (const { threadId, state } of messagesOf(customer, { before })) {
    if (state !== "sending") return threadId;
  }
  for await (const { _id } of threadsOf(customer, { before })) return _id;
  return null;
}

/** Whether a mail from before the request still becomes a ticket, or a reply to the customer is being sent. */
async function isUnderWay(customer: Customer, before: Date): Promise<boolean> {
  for await (const _sending of messagesOf(customer, { before })) return true;
  return (await InboundEmail.exists({ state: "received", receivedAt: trusted({ $lte: before }) })) !== null;
}

/** Commits a batch with its counts. If the job is no longer ours, none of it happens. */
async function commit(
  leased: Job,
  clock: Clock,
  batch: (session: ClientSession) => Promise<PrivacyCounts>,
): Promise<void> {
  const { _id } = leased.row;
  await inTransaction(async (session) => {
    const set = { error: null };
    if (!(await settle(ERASURES, leased, { set, dueAt: clock, where: IS_RUNNING, session }))) return;
    const { tickets, messages, attachments, rawMails } = await batch(session);
    await Erasure.updateOne(
      { _id },
      {
        $inc: {
          "done.tickets": tickets,
          "done.messages": messages,
          "done.attachments": attachments,
          "done.rawMails": rawMails,
        },
      },
      { session },
    );
  });
}

async function finish({ row: { _id }, leaseId }: Job): Promise<void> {
  await inTransaction(async (session) => {
    const done = await Erasure.findOneAndUpdate(
      { _id, leaseId, state: "running" },
      { $set: ENDED("done") },
      { session, returnDocument: "after" },
    ).lean<StoredErasure>();
    if (done) await audit(done, "finished", done.done, session);
  });
}

const ENDED = (state: "done" | "cancelled"): Partial<StoredErasure> => ({
  state,
  address: null,
  endedAt: new Date(),
  dueAt: null,
  dueSince: null,
  leaseId: null,
  error: null,
});

async function audit(
  { _id, by, addressHash }: Pick<StoredErasure, "_id" | "by" | "addressHash">,
  what: "requested" | "cancelled" | "finished",
  counts: PrivacyCounts,
  session: ClientSession,
): Promise<void> {
  const { tickets, messages, attachments, rawMails } = counts;
  const details = { what, erasureId: _id, tickets, messages, attachments, rawMails };
  const id = `${_id}:${what}`;
  await recordAudit({ by, action: "customer_erased", subject: addressHash, details, id }, session);
}

/** Digits of a customer's hash that a screen shows. */
const HASH_SHOWN = 12;

function toEntry(job: StoredErasure): ErasureEntry {
  const { _id, state, address, addressHash, by, requestedAt, endedAt, expected, done, error } = job;
  return {
    _id,
    state,
    address,
    addressHash: addressHash.slice(0, HASH_SHOWN),
    byName: by.name,
    requestedAt: requestedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    expected: toCounts(expected),
    done: toCounts(done),
    error,
  };
}

function toCounts({ tickets, messages, attachments, rawMails }: PrivacyCounts): PrivacyCounts {
  return { tickets, messages, attachments, rawMails };
}

async function take<Item>(items: AsyncIterable<Item>, max: number): Promise<Item[]> {
  const taken: Item[] = [];
  for await (const item of items) if (taken.push(item) === max) break;
  return taken;
}
