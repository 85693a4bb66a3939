import "server-only";

/** A worker that scripts/serve.mjs runs beside this process. */
export type OwnWorker = {
  /** `_id` of its heartbeat row, the same over restarts. */
  id: string;
  /** When it was first started, by `performance.now()`. */
  startedAt: number;
  /** How often it ended by itself and was started again. */
  restarts: number;
  /** Passes topics on; they are lost if the worker is away. */
  nudge: (topics: readonly string[]) => void;
  /** Its metrics as prom-client's JSON; null if it does not answer in time. */
  metrics: () => Promise<unknown>;
};

/** The worker of this process; null if it has none, as with FOLLOWERS=off and in a worker itself. */
export function ownWorker(): OwnWorker | null {
  const shared = globalThis as { [key: symbol]: unknown };
  return (shared[Symbol.for("claimdesk.worker")] as OwnWorker | undefined) ?? null; // set by scripts/serve.mjs alone
}
