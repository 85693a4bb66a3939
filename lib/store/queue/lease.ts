import "server-only";
import { randomUUID } from "node:crypto";
import type { QueryFilter, UpdateQuery } from "mongoose";
import type { Clock } from "@/lib/store/clock";
import { trusted } from "@/lib/store/db";
import { isDatabaseAway, settleOutcome } from "@/lib/store/unknown-outcome";
import { type Queue, type Leased, IS_DATE, fieldsOf, dueFilter, sortOf } from "./queue";
import { bar } from "./dead-letters";

/** How often a worker looks for other rows if others took those it had found. */
const ROUNDS_MAX = 10;

/** A worker that lost a race chooses among so many times the rows that it wants. */
const SPREAD = 8;

/** How long a lease whose answer was lost is looked for, in milliseconds. */
const LEASE_BOX_MS = 3_000;

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

function shuffled<Value>(values: Value[]): Value[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ value }) => value);
}
