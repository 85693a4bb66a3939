import "server-only";
import { processSingleton } from "@/lib/process-singleton";

/** How long a row that cannot be written is left alone, in milliseconds. */
export const UNWRITABLE_MS = 5 * 60_000;

/** Rows that cannot be written, and so not be leased either, and until when this process leaves them alone. */
export const barred = processSingleton("queue.barred", () => {
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
