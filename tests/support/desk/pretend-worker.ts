import type { OwnWorker } from "@/lib/process/own-worker";

const shared = globalThis as { [key: symbol]: unknown };
const KEY = Symbol.for("claimdesk.worker");

/** Has this process find a worker of its own, as scripts/serve.mjs does, until `leaveWorker`. */
export function pretendWorker(worker: Partial<OwnWorker>): void {
  const still = { id: "pretended", startedAt: performance.now(), restarts: 0 };
  shared[KEY] = { ...still, nudge: () => {}, metrics: async () => null, ...worker } satisfies OwnWorker;
}

export function leaveWorker(): void {
  delete shared[KEY];
}
