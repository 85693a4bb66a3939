import "server-only";
import type { PipelineStage } from "mongoose";
import type { Clock } from "@/lib/store/clock";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { type Queue, IS_DATE, fieldsOf, isDue } from "./queue";

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

export async function oldest<Row extends { _id: unknown }>(
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
