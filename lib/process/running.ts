import "server-only";
import { processSingleton } from "@/lib/process-singleton";

type Running = { stop: (() => Promise<void>) | null; isStopping: boolean };

/** What this process runs besides requests. The launcher, scripts/serve.mjs, finds it by its name to end it. */
export const running = processSingleton<Running>("running", () => ({ stop: null, isStopping: false }));

/** True once the process was told to end: it finishes what it has begun and is not ready for more. */
export function isStopping(): boolean {
  return running.isStopping;
}
