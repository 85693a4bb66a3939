import "server-only";
import type { ClientSession, QueryFilter, UpdateQuery } from "mongoose";
import { trusted } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { forgetDeadLetter } from "./dead-letters";
import { type Expression, type Queue, type Leased, fieldsOf } from "./queue";

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

/** Ends the lease. If somebody made the row due while it was leased, it stays due. */
export function endOfLease<Row extends { _id: unknown }>(
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

export async function record<Row extends { _id: unknown }>(
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
