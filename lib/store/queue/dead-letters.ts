import "server-only";
import { randomUUID } from "node:crypto";
import type { ClientSession, QueryFilter, UpdateQuery } from "mongoose";
import { log } from "@/lib/log";
import type { Clock } from "@/lib/store/clock";
import { inTransaction } from "@/lib/store/db";
import { isDatabaseAway, settleOutcome } from "@/lib/store/unknown-outcome";
import { DeadLetter } from "@/models/DeadLetterModel";
import { fieldsOf, type Leased, type Queue } from "./queue";
import { barred, UNWRITABLE_MS } from "./unwritable";

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

/** Forgets that a row was given up. For work that settles its row in a transaction of its own, or ends it. */
export async function forgetDeadLetter<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  rowId: unknown,
): Promise<void> {
  await DeadLetter.deleteOne({ _id: deadLetterId(queue, rowId) });
}

export async function storeDeadLetter<Row extends { _id: unknown }>(
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

function deadLetterId<Row extends { _id: unknown }>({ name }: Queue<Row>, rowId: unknown): string {
  return `${name}:${String(rowId)}`;
}

export function sentence<Row extends { _id: unknown }>({ failure }: Queue<Row>, error: unknown): string {
  const { name, code } = error instanceof Error ? (error as Error & { code?: unknown }) : {};
  const words = [name ?? "unknown error", typeof code === "object" ? undefined : code];
  return `${failure} (${words.filter((word) => word !== undefined).join(" ")}).`;
}

/** Stores that a row cannot be written, and leaves it alone for five minutes in this process. */
export async function bar<Row extends { _id: unknown }>(
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
