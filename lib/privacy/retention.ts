import "server-only";
import type { ClientSession, QueryFilter } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { DeliveryState, LedgerState } from "@/lib/api/vocabulary";
import { inTransaction, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { readClock, type Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { changeThread, literal, newOperation } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { RetentionJob, type StoredRetentionJob } from "@/models/RetentionJobModel";
import { discardFiles } from "./discard-files";
import { readSettings } from "@/lib/team/settings";

const DAY_MS = 24 * 60 * 60_000;
/** A failed mail is stored nowhere else, so somebody gets at least this long to notice it, in days. */
const FAILED_KEPT_DAYS = 30;
/** Mails, or messages of one ticket, that one step empties. */
const RAW_BATCH = 100;
const BODIES_BATCH = 50;
/** Tickets that become due at once. */
const JOBS_BATCH = 100;

/** Resolved tickets whose texts are too old. */
export const RETENTION: Queue<StoredRetentionJob> = {
  name: "retention",
  model: RetentionJob,
  leaseMs: 60_000,
  failure: "The texts of a resolved ticket could not be removed",
};

/**
 * Does one batch of what the retention settings ask for, the oldest first. Does nothing as long as everything is kept.
 * Any number of processes may run it: each batch is one transaction that looks at its rows again.
 */
export async function retentionStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  const { rawMailDays, closedBodiesDays } = (await readSettings()).retention;
  if (rawMailDays === null && closedBodiesDays === null) return { worked: false };
  const now = await readClock(clock);
  const done = await Promise.allSettled([
    rawMailDays !== null && removeRawMails(now, rawMailDays),
    closedBodiesDays !== null && removeBodies({ before: daysBefore(now, closedBodiesDays), now }, clock),
  ]);
  for (const part of done) if (part.status === "rejected") throw part.reason;
  return { worked: done.some((part) => part.status === "fulfilled" && part.value) };
}

function daysBefore(now: Date, days: number): Date {
  return new Date(now.getTime() - days * DAY_MS);
}

/** A mail that waits for its ticket keeps its bytes, however old it is. */
async function removeRawMails(now: Date, days: number): Promise<boolean> {
  const states: [LedgerState, number][] = [
    ["ticketed", days],
    ["ignored", days],
    ["failed", Math.max(days, FAILED_KEPT_DAYS)],
  ];
  for (const [state, kept] of states) {
    const due = { state, rawRemovedAt: null, receivedAt: trusted({ $lte: daysBefore(now, kept) }) };
    if ((await removeRawBatch(due, now)) > 0) return true;
  }
  return false;
}

/** Whether this mail is in the ledger, and no longer as it arrived. */
export async function isRawMailRemoved(ledgerId: string): Promise<boolean> {
  return (await InboundEmail.exists({ _id: ledgerId, rawRemovedAt: trusted({ $ne: null }) })) !== null;
}

type RawRow = Pick<StoredInboundEmail, "_id" | "rawFileId">;

async function removeRawBatch(due: QueryFilter<StoredInboundEmail>, now: Date): Promise<number> {
  return inTransaction(async (session) => {
    const rows = await InboundEmail.find(due, { rawFileId: 1 }, { session })
      .sort({ receivedAt: 1 })
      .limit(RAW_BATCH)
      .lean<RawRow[]>();
    // As read: a row that changes meanwhile, such as by a retry, makes this transaction start over.
    await removeRaw(rows, { rawRemovedAt: now }, session);
    return rows.length;
  });
}

/** Removes the bytes of these ledger rows, which stay, and sets further fields. */
export async function removeRaw(
  rows: RawRow[],
  set: Partial<StoredInboundEmail>,
  session: ClientSession,
): Promise<void> {
  if (rows.length === 0) return;
  await InboundEmail.updateMany(
    { _id: trusted({ $in: rows.map(({ _id }) => _id) }) },
    { $set: { ...set, raw: null, rawFileId: null } },
    { session },
  );
  await discardFiles(
    "raw",
    rows.flatMap(({ rawFileId }) => rawFileId ?? []),
    session,
  );
}

/** Replies that may still be sent or decided about, and so keep their text. */
const UNSETTLED: DeliveryState[] = ["queued", "sending", "failed", "unconfirmed"];

type Filter = QueryFilter<StoredMessage>;
type BodyRow = Pick<StoredMessage, "_id" | "attachments">;

type Age = { before: Date; now: Date };

/** One batch of one ticket. If none is due, the tickets that are too old by now become due. */
async function removeBodies(age: Age, clock: Clock): Promise<boolean> {
  const step = () => runQueue(RETENTION, (leased) => removeBodiesOf(leased, age, clock), { clock });
  if ((await step()).worked) return true;
  return (await makeDue(age)) && (await step()).worked;
}

const RESOLVED = { status: "resolved" as const, bodiesRemovedAt: null };
const resolvedBefore = (before: Date) => ({
  ...RESOLVED,
  resolvedAt: trusted({ $lte: before, $type: "date" as const }),
});

/** Those that are due, or were given up, stay as they are. False if there is none else. */
async function makeDue({ before, now }: Age): Promise<boolean> {
  for (let passed: Pick<StoredThread, "_id" | "resolvedAt">[] = []; ;) {
    const last = passed.at(-1)?.resolvedAt;
    const from = last ? { $and: [{ resolvedAt: trusted({ $gte: last }) }] } : {};
    const found = await EmailThread.find(
      { ...resolvedBefore(before), ...from, _id: trusted({ $nin: passed.map(({ _id }) => _id) }) },
      { resolvedAt: 1 },
    )
      .sort({ resolvedAt: 1 })
      .limit(JOBS_BATCH)
      .lean<Pick<StoredThread, "_id" | "resolvedAt">[]>();
    if (found.length === 0) return false;
    const ids = found.map(({ _id }) => _id);
    const known = await RetentionJob.find({ _id: trusted({ $in: ids }) }, { _id: 1 }).lean();
    const isKnown = new Set(known.map(({ _id }) => _id.toHexString()));
    const jobs = ids.filter((_id) => !isKnown.has(_id.toHexString())).map((_id) => ({ _id, dueAt: now }));
    if (jobs.length > 0) {
      await RetentionJob.insertMany(jobs, { ordered: false }).catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error; // another process was faster
      });
      return true;
    }
    passed = [...passed, ...found];
  }
}

/** A ticket that is open again by the time of the write is left alone. */
async function removeBodiesOf(
  leased: Leased<StoredRetentionJob>,
  { before, now }: Age,
  clock: Clock,
): Promise<void> {
  const { _id } = leased.row;
  const thread = await EmailThread.findOne({ _id, ...resolvedBefore(before) }, { resolvedAt: 1 }).lean<
    Pick<StoredThread, "_id" | "resolvedAt">
  >();
  const isDone = !thread || (await removeBatch(thread, now));
  if (!isDone) return void (await settle(RETENTION, leased, { dueAt: clock }));
  if (await settle(RETENTION, leased)) await RetentionJob.deleteOne({ _id, dueAt: null });
}

/** True if that was the last batch, or the ticket is no longer resolved. */
async function removeBatch(
  { _id, resolvedAt }: Pick<StoredThread, "_id" | "resolvedAt">,
  now: Date,
): Promise<boolean> {
  const still = { ...RESOLVED, resolvedAt };
  return inTransaction(async (session) => {
    const rows = await EmailMessage.find(
      { threadId: _id, emptiedAt: null, state: trusted({ $nin: UNSETTLED }) } as Filter,
      { attachments: 1 },
      { session },
    )
      .limit(BODIES_BATCH)
      .lean<BodyRow[]>();
    const isLast = rows.length < BODIES_BATCH;
    const isStill = isLast
      ? await changeThread({
          threadId: ThreadId.parse(_id.toHexString()),
          op: newOperation(),
          where: still,
          set: { excerpt: literal(""), bodiesRemovedAt: literal(now) },
          line: { kind: "bodies_removed", by: null },
          session,
        })
      : await EmailThread.findOneAndUpdate(
          { _id, ...still },
          { $set: { bodiesBatchAt: new Date() } },
          { session },
        );
    if (isStill) await emptyBodies(rows, now, session);
    return isLast || !isStill;
  });
}

async function emptyBodies(rows: BodyRow[], now: Date, session: ClientSession): Promise<void> {
  await EmailMessage.updateMany(
    { _id: trusted({ $in: rows.map(({ _id }) => _id) }) },
    { $set: { ...NO_BODY, emptiedAt: now } },
    { session },
  );
  await emptyNotices({ _id: trusted({ $in: rows.map(({ _id }) => _id) }) }, session);
  const files = rows.flatMap(({ attachments }) => attachments.map(({ fileId }) => fileId));
  await discardFiles("attachments", files, session);
}

/** Of notices only their kind, their cause and their reply are left. */
export async function emptyNotices(of: Filter, session: ClientSession): Promise<void> {
  await EmailMessage.updateMany(
    { ...of, notice: trusted({ $exists: true }) } as Filter,
    { $set: { "notice.detail": "", "notice.recipients": [] } },
    { session },
  );
}

/** Fields of a message without its texts and files. */
export const NO_BODY = {
  text: "",
  visibleText: "",
  html: null,
  attachments: [],
  serverSaid: null,
} satisfies Partial<StoredMessage>;
