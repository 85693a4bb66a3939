import "server-only";
import { log, withoutWords } from "@/lib/log";
import type { Clock } from "@/lib/store/clock";
import { storeDeadLetter, sentence } from "./dead-letters";
import { type Queue, type Leased, RETRY, fieldsOf } from "./queue";
import { endOfLease, record } from "./settle";

/**
 * Counts a failed attempt, which is logged with the class and the stack of `error`. The row is due again after a pause,
 * or `delayMs`; after the last attempt it is buried. Like `settle`, returns false if another worker has the row by now.
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
