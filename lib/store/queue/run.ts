import "server-only";
import type { Clock } from "@/lib/store/clock";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import { takeDue } from "./lease";
import { postpone, bury } from "./postpone";
import { type Queue, type Leased, RETRY } from "./queue";
import { bar } from "./dead-letters";

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
