import "server-only";
import { randomUUID } from "node:crypto";
import mongoose, {
  type ClientSession,
  type Model,
  type PipelineStage,
  type QueryFilter,
  type UpdateQuery,
} from "mongoose";
import { log, withoutWords } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { DeadLetter } from "@/models/DeadLetterModel";
import { inTransaction, QUERY_TIME_MAX_MS, trusted } from "./db";
import { isDatabaseAway, settleOutcome } from "./unknown-outcome";

/** The database's clock; a test may pass a time instead. Never the clock of a process, which may be wrong. */
export type Clock = "$$NOW" | Date;
/** A value of an update pipeline; it sees the row as it was before. */
type Expression = unknown;
type Fields = { dueAt: string; dueSince: string; leaseId: string; attempts: string };

/** Rows of a collection that are due at a time, and how they are worked off. */
export type Queue<Row extends { _id: unknown }> = {
  name: string;
  model: Model<Row>;
  /** Which rows belong to the queue, besides being due. */
  where?: QueryFilter<Row>;
  /**
   * The row's fields: `dueAt` is when it is due, or when its lease ends; `dueSince` since when, while it is leased or
   * waits for a retry; `leaseId` names the lease; `attempts` counts the failed ones. Named like that if not given. Each
   * of the two dates needs an index that is partial with `$type: "date"`. Whoever makes a row due that is not leased, or
   * no longer due, sets `dueAt` by the database's clock and leaves no `dueSince`.
   */
  fields?: Partial<Fields>;
  /** The value of `dueAt`, `dueSince` and `leaseId` if the row is not due: null, or no field at all. */
  empty?: null | "$$REMOVE";
  /** Longer than one step takes, in milliseconds. */
  leaseMs: number;
  /** How many rows a step leases at once: 1, or 8 if the work on a row costs little more than its lease. */
  batch?: number;
  /** Which of the due rows comes first. */
  order?: "oldest" | "newest";
  /** The fields that the work reads, or expressions; all fields if not given. */
  project?: Record<string, unknown>;
  /** Further fields that the lease sets. */
  leased?: Record<string, Expression>;
  /** The pauses double from the first to the longest, in milliseconds. */
  retry?: Partial<Retry>;
  /** Counts a lease that ran out as an attempt. Not for rows that others make due while they are leased. */
  countsLostLeases?: boolean;
  /** The beginning of the sentence that a person reads, such as "The history could not be copied". */
  failure: string;
  /** Stores that a row is given up. Without it, a `DeadLetter` is stored and the row is no longer due. */
  bury?: (leased: Leased<Row>, error: string, clock: Clock) => Promise<void>;
  /** False while the feature is off: nothing runs, and the rows count for no lag. */
  isOn?: () => boolean;
};

type Retry = { attemptsMax: number; firstMs: number; longestMs: number };
const RETRY: Retry = { attemptsMax: 10, firstMs: 1_000, longestMs: 15 * 60_000 };

/** A row that this worker has to itself until `until` by the database's clock, and only as long as it has the lease. */
export type Leased<Row> = {
  row: Row;
  leaseId: string;
  until: Date;
  /** The same by this process's monotonic clock, in milliseconds; not later, whatever any clock shows. */
  heldUntil: number;
  /** Since when the row has been due. */
  since: Date;
  /** Failed attempts before this one. */
  attempts: number;
};

/** How often a worker looks for other rows if others took those it had found. */
const ROUNDS_MAX = 10;
/** A worker that lost a race chooses among so many times the rows that it wants. */
const SPREAD = 8;
/** How long a lease whose answer was lost is looked for, in milliseconds. */
const LEASE_BOX_MS = 3_000;
/** How long a row that cannot be written is left alone, in milliseconds. */
const UNWRITABLE_MS = 5 * 60_000;

/**
 * Leases due rows for this worker, at most `limit` (the queue's `batch` if not given), in the queue's order, and returns
 * them as they are afterwards; none if none is due. A leased row is due again when its lease ends. Any number of workers
 * may call it, and no two have the same row at once. One row costs one round trip, several cost three in all.
 */
export async function takeDue<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  { clock = "$$NOW", limit = queue.batch ?? 1 }: { clock?: Clock; limit?: number } = {},
): Promise<Leased<Row>[]> {
  let lease: Lease | null = null;
  return settleOutcome(async () => {
    const own = lease ? await findLeased(queue, lease, clock) : [];
    if (own.length > 0) return own;
    // The time is taken before the lease begins, so that the lease does not end before it.
    lease = { id: randomUUID(), heldUntil: performance.now() + queue.leaseMs };
    try {
      return await (limit === 1 ? leaseOne(queue, lease, clock) : leaseMany(queue, lease, clock, limit));
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      return leaseEach(queue, lease, clock, limit);
    }
  }, LEASE_BOX_MS);
}

/** Whether the lease still holds. Ask right before every step that must not happen twice: the process may have slept. */
export function isHeld<Row>({ heldUntil }: Leased<Row>): boolean {
  return performance.now() < heldUntil;
}

type Lease = { id: string; heldUntil: number };

type Outcome<Row> = {
  /** Values to store. */
  set?: Partial<Row>;
  /** Expressions to store, which see the row as it was before. */
  compute?: Record<string, Expression>;
  /** When the row is due again, if nobody made it due meanwhile: a time, an expression, or null for never. */
  dueAt?: Expression;
  /** A further condition. */
  where?: QueryFilter<Row>;
  session?: ClientSession;
  /** How long the write is retried if its answer is lost, in milliseconds. */
  boxMs?: number;
};

/**
 * Records a result and ends the lease. Returns false, with nothing written, if another worker has the row by now or the
 * condition does not match, and after a write whose first answer was lost. A row that somebody made due while it was
 * leased stays due.
 */
export async function settle<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>,
  outcome: Outcome<Row> = {},
): Promise<boolean> {
  const { where, session, boxMs } = outcome;
  const isSettled = await record(queue, leased, settled(queue, leased, outcome), { where, session, boxMs });
  if (isSettled && leased.attempts > 0 && !session) await forgetDeadLetter(queue, leased.row._id);
  return isSettled;
}

/** The same for several rows with one command, in no order. Throws if one cannot be written; the others then are. */
export async function settleAll<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  results: { leased: Leased<Row>; outcome?: Pick<Outcome<Row>, "set" | "compute" | "dueAt"> }[],
): Promise<void> {
  const { leaseId } = fieldsOf(queue);
  const writes = results.map(({ leased, outcome = {} }) => ({
    updateOne: {
      filter: { _id: leased.row._id, [leaseId]: leased.leaseId },
      update: [{ $set: settled(queue, leased, outcome) }],
    },
  }));
  // Through the driver, since Mongoose takes no pipelines here; all values are ours or literals.
  await settleOutcome(() => queue.model.collection.bulkWrite(writes as never, { ordered: false }));
  for (const { leased } of results) if (leased.attempts > 0) await forgetDeadLetter(queue, leased.row._id);
}

/** The same for rows with one outcome, in one write. */
export async function settleAlike<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>[],
  { dueAt = null }: { dueAt?: Expression } = {},
): Promise<void> {
  if (leased.length === 0) return;
  const { leaseId, attempts, empty } = fieldsOf(queue);
  const filter = {
    _id: trusted({ $in: leased.map(({ row }) => row._id) }),
    [leaseId]: trusted({ $in: [...new Set(leased.map((one) => one.leaseId))] }),
  } as QueryFilter<Row>;
  const ends = [...new Set(leased.map(({ until }) => until.getTime()))].map((time) => new Date(time));
  const fields = { ...endOfLease(queue, ends, dueAt ?? empty), [attempts]: empty ?? 0 };
  await settleOutcome(() =>
    queue.model.updateMany(filter, [{ $set: fields }] as unknown as UpdateQuery<Row>, {
      updatePipeline: true,
    }),
  );
  for (const one of leased) if (one.attempts > 0) await forgetDeadLetter(queue, one.row._id);
}

/** When the row that comes first was due; null if none is due now. */
export async function firstDue<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  clock: Clock = "$$NOW",
): Promise<Date | null> {
  const { dueAt } = fieldsOf(queue);
  const row = await queue.model
    .findOne(dueFilter(queue, clock), { [dueAt]: 1 })
    .sort(sortOf(queue))
    .lean<Record<string, Date>>();
  return row?.[dueAt] ?? null;
}

/** The time by the database's clock, or by the test's. */
export async function readClock(clock: Clock): Promise<Date> {
  if (clock !== "$$NOW") return clock;
  const hello = await mongoose.connection.db?.command({ hello: 1 });
  return hello?.localTime as Date; // the server's documented field
}

function settled<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>,
  { set = {}, compute = {}, dueAt = null }: Outcome<Row>,
): Record<string, Expression> {
  const { empty, attempts } = fieldsOf(queue);
  const literals = Object.entries(set).map(([name, value]) => [name, { $literal: value }]);
  return {
    ...endOfLease(queue, [leased.until], dueAt ?? empty),
    [attempts]: empty ?? 0,
    ...Object.fromEntries(literals),
    ...compute,
  };
}

/**
 * Counts a failed attempt, which is logged with the class and the stack of `error`. The row is due again after a pause, or `delayMs`; after the last
 * attempt it is buried. Like `settle`, returns false if another worker has the row by now.
 */
export async function postpone<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>,
  error: unknown,
  { delayMs, clock = "$$NOW" }: { delayMs?: number; clock?: Clock } = {},
): Promise<boolean> {
  const { attemptsMax, firstMs, longestMs } = { ...RETRY, ...queue.retry };
  const attempts = leased.attempts + 1;
  log.error(
    { queue: queue.name, row: String(leased.row._id), attempts, err: withoutWords(error) },
    "queued work failed",
  );
  if (attempts >= attemptsMax) {
    await bury(queue, { ...leased, attempts }, sentence(queue, error), clock);
    return true;
  }
  const pauseMs = Math.min(firstMs * 2 ** (attempts - 1), longestMs) * (0.5 + Math.random() / 2);
  const fields = fieldsOf(queue);
  return record(queue, leased, {
    ...endOfLease(queue, [leased.until], { $add: [clock, Math.round(delayMs ?? pauseMs)] }),
    [fields.dueSince]: { $literal: leased.since },
    [fields.attempts]: attempts,
  });
}

/** Gives a row up: it is no longer due, and a person sees it. It counts as retried once anything makes it due again. */
export async function bury<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>,
  error: string,
  clock: Clock = "$$NOW",
): Promise<void> {
  if (queue.bury) return queue.bury(leased, error, clock);
  await storeDeadLetter(queue, leased, error, clock);
  const { empty, attempts } = fieldsOf(queue);
  await record(queue, leased, { ...endOfLease(queue, [leased.until], empty), [attempts]: leased.attempts });
}

/**
 * Makes a buried row due again, with all attempts but one. Of any number of simultaneous calls one counts; false for the
 * others, and if there is no such dead letter. It goes once the work has succeeded. Safe to repeat with the same `op`.
 */
export async function retryDeadLetter<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  rowId: Row["_id"],
  { op = randomUUID(), clock = "$$NOW" }: { op?: string; clock?: Clock } = {},
): Promise<boolean> {
  const _id = deadLetterId(queue, rowId);
  const retried = [{ $set: { retriedAt: clock, retryOp: { $literal: op } } }];
  const mark = async (session?: ClientSession) => {
    const options = { updatePipeline: true, ...(session ? { session } : {}) };
    const marked = await DeadLetter.updateOne({ _id, retriedAt: null }, retried, options);
    if (marked.matchedCount === 1) return true;
    const own = DeadLetter.exists({ _id, retryOp: op });
    return (await (session ? own.session(session) : own)) !== null;
  };
  const { dueAt, attempts } = fieldsOf(queue);
  const due = [{ $set: { [dueAt]: clock, [attempts]: 1 } }] as unknown as UpdateQuery<Row>;
  return settleOutcome(async () => {
    try {
      return await inTransaction(async (session) => {
        if (!(await mark(session))) return false;
        await queue.model.updateOne({ _id: rowId } as QueryFilter<Row>, due, {
          session,
          updatePipeline: true,
        });
        return true;
      });
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      // The row cannot be written, so it is still due: each worker tries it again by itself.
      return mark();
    }
  });
}

type Work<Row> = (leased: Leased<Row>) => Promise<unknown>;
/** Whether a step found work, and as much as it may take. */
type Step = { worked: boolean; hasMore?: boolean };

function stepOf(leased: unknown[], limit: number): Step {
  return leased.length === 0 ? { worked: false } : { worked: true, hasMore: leased.length >= limit };
}

/**
 * Leases due rows and works on them side by side; `work` settles each. A row whose work throws is postponed and stops no
 * other. Throws if the database is away: the rows are then due again when their leases end, and no attempt is counted.
 */
export async function runQueue<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  work: Work<Row>,
  { clock = "$$NOW", limit = queue.batch ?? 1 }: { clock?: Clock; limit?: number } = {},
): Promise<Step> {
  if (queue.isOn?.() === false) return { worked: false };
  const leased = await takeDue(queue, { clock, limit });
  await workOnEach(queue, leased, work, clock);
  return stepOf(leased, limit);
}

/** The same for work that handles all leased rows together. If it throws, each row is tried alone, to find the bad one. */
export async function runQueueInBatches<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  work: (leased: Leased<Row>[]) => Promise<unknown>,
  { clock = "$$NOW" }: { clock?: Clock } = {},
): Promise<Step> {
  if (queue.isOn?.() === false) return { worked: false };
  const leased = await takeDue(queue, { clock });
  if (leased.length === 0) return { worked: false };
  try {
    await work(leased);
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    if (leased.length === 1) await workOnEach(queue, leased, () => Promise.reject(error as Error), clock);
    else await workOnEach(queue, leased, (one) => work([one]), clock);
  }
  return stepOf(leased, queue.batch ?? 1);
}

/**
 * Works on leased rows side by side and returns those whose work ended. A row whose work throws is postponed. Throws if
 * the database is away.
 */
export async function workOnEach<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>[],
  work: Work<Row>,
  clock: Clock,
): Promise<Leased<Row>[]> {
  const { attemptsMax } = { ...RETRY, ...queue.retry };
  const results = await Promise.allSettled(
    leased.map(async (one) => {
      if (queue.countsLostLeases && one.attempts >= attemptsMax)
        await bury(queue, one, `${queue.failure}: every attempt ended without an answer.`, clock);
      else await work(one);
    }),
  );
  const done: Leased<Row>[] = [];
  let away: unknown;
  for (const [at, result] of results.entries()) {
    const one = leased[at];
    if (!one) continue;
    if (result.status === "fulfilled") done.push(one);
    else if (isDatabaseAway(result.reason)) away = result.reason;
    else await giveBack(queue, one, result.reason, clock);
  }
  if (away !== undefined) throw away as Error;
  return done;
}

async function giveBack<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  leased: Leased<Row>,
  reason: unknown,
  clock: Clock,
): Promise<void> {
  try {
    await postpone(queue, leased, reason, { clock });
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    await bar(queue, leased.row, leased, error, clock);
  }
}

/**
 * Since when the longest waiting row has been due, as seconds before now; 0 if none is due, null if the queue is off.
 * Rows that are leased or wait for a retry count.
 */
export async function lagOf<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  clock: Clock = "$$NOW",
): Promise<number | null> {
  if (queue.isOn?.() === false) return null;
  const { dueAt, dueSince } = fieldsOf(queue);
  const ages = await Promise.all([
    oldest(queue, dueAt, isDue(queue, clock), clock),
    oldest(queue, dueSince, { [dueSince]: IS_DATE, [dueAt]: IS_DATE }, clock),
  ]);
  return Math.max(0, ...ages);
}

const IS_DATE = { $type: "date" as const };

async function oldest<Row extends { _id: unknown }>(
  { model, where }: Queue<Row>,
  field: string,
  match: Record<string, unknown>,
  clock: Clock,
): Promise<number> {
  const [found] = await model
    .aggregate<{ seconds: number }>([
      { $match: { $and: [where ?? {}, match] } },
      { $sort: { [field]: 1 } },
      { $limit: 1 },
      { $project: { seconds: { $divide: [{ $subtract: [clock, `$${field}`] }, 1_000] } } },
    ] as PipelineStage[])
    .option({ maxTimeMS: QUERY_TIME_MAX_MS });
  return found?.seconds ?? 0;
}

function fieldsOf<Row extends { _id: unknown }>({ fields, empty = null }: Queue<Row>) {
  const named = { dueAt: "dueAt", dueSince: "dueSince", leaseId: "leaseId", attempts: "attempts", ...fields };
  return { ...named, empty };
}

/** Without `$type`, MongoDB compares every row with the expression: measured 20,000 keys instead of 1. */
function isDue<Row extends { _id: unknown }>(queue: Queue<Row>, clock: Clock): Record<string, unknown> {
  const { dueAt } = fieldsOf(queue);
  return { [dueAt]: IS_DATE, $expr: { $lte: [`$${dueAt}`, clock] } };
}

function dueFilter<Row extends { _id: unknown }>(queue: Queue<Row>, clock: Clock, ids?: unknown[]) {
  const { dueAt } = fieldsOf(queue);
  const { $expr } = isDue(queue, clock);
  const left = barred.idsOf(queue);
  return {
    $and: [
      queue.where ?? {},
      { [dueAt]: trusted({ ...IS_DATE }), $expr: trusted($expr as object) },
      ...(ids ? [{ _id: trusted({ $in: ids }) }] : []),
      ...(left.length > 0 ? [{ _id: trusted({ $nin: left }) }] : []),
    ],
  } as QueryFilter<Row>;
}

function leaseUpdate<Row extends { _id: unknown }>(queue: Queue<Row>, id: string, clock: Clock) {
  const { dueAt, dueSince, leaseId, attempts } = fieldsOf(queue);
  const failed = { $ifNull: [`$${attempts}`, 0] };
  const hasLease = { $ne: [{ $ifNull: [`$${leaseId}`, null] }, null] };
  const fields = {
    [dueAt]: { $add: [clock, queue.leaseMs] },
    [dueSince]: { $ifNull: [`$${dueSince}`, `$${dueAt}`] },
    [leaseId]: id,
    ...(queue.countsLostLeases ? { [attempts]: { $add: [failed, { $cond: [hasLease, 1, 0] }] } } : {}),
    ...queue.leased,
  };
  return [{ $set: fields }] as unknown as UpdateQuery<Row>;
}

function sortOf<Row extends { _id: unknown }>(queue: Queue<Row>): Record<string, 1 | -1> {
  return { [fieldsOf(queue).dueAt]: queue.order === "newest" ? -1 : 1 };
}

function projectionOf<Row extends { _id: unknown }>(queue: Queue<Row>): Record<string, unknown> | undefined {
  const { dueAt, dueSince, leaseId, attempts } = fieldsOf(queue);
  return queue.project && { ...queue.project, [dueAt]: 1, [dueSince]: 1, [leaseId]: 1, [attempts]: 1 };
}

async function leaseOne<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  lease: Lease,
  clock: Clock,
  ids?: unknown[],
): Promise<Leased<Row>[]> {
  const row = await queue.model
    .findOneAndUpdate(dueFilter(queue, clock, ids), leaseUpdate(queue, lease.id, clock), {
      sort: sortOf(queue),
      returnDocument: "after",
      updatePipeline: true,
      projection: projectionOf(queue),
    })
    .lean<Row>();
  return row ? [toLeased(queue, row, lease)] : [];
}

async function leaseMany<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  lease: Lease,
  clock: Clock,
  limit: number,
): Promise<Leased<Row>[]> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const found = await dueIds(queue, clock, round === 0 ? limit : limit * SPREAD);
    if (found.length === 0) return [];
    const ids = round === 0 ? found : shuffled(found).slice(0, limit);
    const { modifiedCount } = await queue.model.updateMany(
      dueFilter(queue, clock, ids),
      leaseUpdate(queue, lease.id, clock),
      { updatePipeline: true },
    );
    if (modifiedCount > 0) return findLeased(queue, lease, clock, ids);
  }
  return [];
}

/** Leases row by row, after an error of the database that names no row, and bars each that cannot be read or written. */
async function leaseEach<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  lease: Lease,
  clock: Clock,
  limit: number,
): Promise<Leased<Row>[]> {
  const leased: Leased<Row>[] = [];
  const own = (await queue.model.find(ownFilter(queue, lease), { _id: 1 }).lean<Row[]>()).map(
    ({ _id }) => _id,
  );
  for (const _id of [...own, ...(await dueIds(queue, clock, limit * SPREAD))]) {
    if (leased.length >= limit) break;
    try {
      const isOwn = own.includes(_id);
      leased.push(
        ...(await (isOwn ? findLeased(queue, lease, clock, [_id]) : leaseOne(queue, lease, clock, [_id]))),
      );
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      await bar(queue, { _id } as Row, { since: new Date(), attempts: 1 }, error, clock);
    }
  }
  return leased;
}

async function dueIds<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  clock: Clock,
  limit: number,
): Promise<Row["_id"][]> {
  const rows = await queue.model
    .find(dueFilter(queue, clock), { _id: 1 })
    .sort(sortOf(queue))
    .limit(limit)
    .lean<Pick<Row, "_id">[]>();
  return rows.map(({ _id }) => _id);
}

/** The rows that this worker has just leased, without those that somebody has made due since. */
async function findLeased<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  lease: Lease,
  clock: Clock,
  ids?: unknown[],
): Promise<Leased<Row>[]> {
  const { dueAt, dueSince } = fieldsOf(queue);
  const rows = await queue.model
    .find(
      { ...ownFilter(queue, lease, ids), $expr: trusted({ $gt: [`$${dueAt}`, clock] }) },
      projectionOf(queue),
    )
    .sort({ [dueSince]: queue.order === "newest" ? -1 : 1 })
    .lean<Row[]>();
  return rows.map((row) => toLeased(queue, row, lease));
}

function ownFilter<Row extends { _id: unknown }>(queue: Queue<Row>, lease: Lease, ids?: unknown[]) {
  const { dueAt, leaseId } = fieldsOf(queue);
  return {
    ...(ids ? { _id: trusted({ $in: ids }) } : { [dueAt]: trusted({ ...IS_DATE }) }),
    [leaseId]: lease.id,
  } as QueryFilter<Row>;
}

function toLeased<Row extends { _id: unknown }>(queue: Queue<Row>, row: Row, lease: Lease): Leased<Row> {
  const { dueAt, dueSince, attempts } = fieldsOf(queue);
  const stored = row as Record<string, unknown>;
  return {
    row,
    leaseId: lease.id,
    until: stored[dueAt] as Date, // the lease has just set both dates
    heldUntil: lease.heldUntil,
    since: stored[dueSince] as Date,
    attempts: (stored[attempts] as number | undefined) ?? 0,
  };
}

/** Ends the lease. If somebody made the row due while it was leased, it stays due. */
function endOfLease<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  ends: Date[],
  next: Expression,
): Record<string, Expression> {
  const { dueAt, dueSince, leaseId, empty } = fieldsOf(queue);
  return {
    [dueAt]: { $cond: [{ $in: [`$${dueAt}`, ends] }, next, `$${dueAt}`] },
    [dueSince]: empty,
    [leaseId]: empty,
  };
}

async function record<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  { row, leaseId }: Leased<Row>,
  fields: Record<string, Expression>,
  {
    where,
    session,
    boxMs,
  }: {
    where?: QueryFilter<Row> | undefined;
    session?: ClientSession | undefined;
    boxMs?: number | undefined;
  } = {},
): Promise<boolean> {
  const write = async () => {
    const { matchedCount } = await queue.model.updateOne(
      { ...where, _id: row._id, [fieldsOf(queue).leaseId]: leaseId } as QueryFilter<Row>,
      [{ $set: fields }] as unknown as UpdateQuery<Row>,
      { updatePipeline: true, ...(session ? { session } : {}) },
    );
    return matchedCount === 1;
  };
  return session ? write() : settleOutcome(write, boxMs);
}

function deadLetterId<Row extends { _id: unknown }>({ name }: Queue<Row>, rowId: unknown): string {
  return `${name}:${String(rowId)}`;
}

async function storeDeadLetter<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  { row, since, attempts }: Pick<Leased<Row>, "row" | "since" | "attempts">,
  error: string,
  clock: Clock,
): Promise<void> {
  const known = { queue: queue.name, rowId: String(row._id), attempts, error, since, retriedAt: null };
  const literals = Object.entries(known).map(([name, value]) => [name, { $literal: value }]);
  await settleOutcome(() =>
    DeadLetter.updateOne(
      { _id: deadLetterId(queue, row._id) },
      [{ $set: { ...Object.fromEntries(literals), buriedAt: clock } }],
      { upsert: true, updatePipeline: true },
    ),
  );
}

/** Forgets that a row was given up. For work that settles its row in a transaction of its own, or ends it. */
export async function forgetDeadLetter<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  rowId: unknown,
): Promise<void> {
  await DeadLetter.deleteOne({ _id: deadLetterId(queue, rowId) });
}

/** Rows that cannot be written, and so not be leased either, and until when this process leaves them alone. */
const barred = processSingleton("queue.barred", () => {
  const queues = new Map<string, Map<string, { id: unknown; until: number }>>();
  const of = ({ name }: { name: string }) => {
    const rows = queues.get(name) ?? new Map<string, { id: unknown; until: number }>();
    queues.set(name, rows);
    return rows;
  };
  const idsOf = (queue: { name: string }) => {
    const rows = of(queue);
    for (const [key, { until }] of rows) if (until < performance.now()) rows.delete(key);
    return [...rows.values()].map(({ id }) => id);
  };
  return { of, idsOf };
});

async function bar<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  row: Row,
  known: Pick<Leased<Row>, "since" | "attempts">,
  error: unknown,
  clock: Clock,
): Promise<void> {
  log.error({ queue: queue.name, row: String(row._id), err: error }, "queued row cannot be written");
  barred.of(queue).set(String(row._id), { id: row._id, until: performance.now() + UNWRITABLE_MS });
  await storeDeadLetter(queue, { ...known, row }, sentence(queue, error), clock);
}

function sentence<Row extends { _id: unknown }>({ failure }: Queue<Row>, error: unknown): string {
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  const words = [name ?? "unknown error", typeof code === "object" ? undefined : code];
  return `${failure} (${words.filter((word) => word !== undefined).join(" ")}).`;
}

function shuffled<Value>(values: Value[]): Value[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}
