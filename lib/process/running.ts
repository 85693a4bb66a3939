import "server-only";
import { processSingleton } from "@/lib/process-singleton";

type Running = { stop: (() => Promise<void>) | null; isStopping: boolean };

/** The process's work besides requests. scripts/serve.mjs finds this value by its name and calls `stop`. */
export const running = processSingleton<Running>("running", () => ({ stop: null, isStopping: false }));

/** True once the process was told to stop: it finishes running work and is not ready for more. */
export function isStopping(): boolean {
  return running.isStopping;
}
