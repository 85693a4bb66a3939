import "server-only";
import { addCounter, readMetricsAsJson, writeMetrics } from "@/lib/metrics";
import { ownWorker } from "@/lib/process/own-worker";

/** Adds the figures about this process's worker to the metrics, if it has one; call it once per process. */
export function registerWorkerMetrics(): void {
  if (!ownWorker()) return;
  addCounter(
    "claimdesk_worker_restarts_total",
    "How often the worker ended by itself and was started again",
    () => ownWorker()?.restarts ?? 0,
  );
}

/**
 * The metrics of this process and of its worker in Prometheus' text format; without the worker's if it does not answer
 * in time. Rejects if the database is away.
 */
export async function readAllMetrics(): Promise<{ text: string; contentType: string }> {
  const [own, ofWorker] = await Promise.all([readMetricsAsJson("web"), ownWorker()?.metrics()]);
  return writeMetrics(ofWorker ? [own, ofWorker] : [own]);
}
