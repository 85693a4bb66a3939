import type { Result } from "@/lib/result";
import { onAnswer, type Answer, type DeskFailure } from "./desk-api";

/** How long an action is retried while the desk does not answer; time without a connection does not count. */
const RETRY_FOR_MS = 10_000;
const PAUSE_MS = { first: 300, most: 1_500 };

type Options = {
  /** Longest time one attempt may take before the next one starts. */
  attemptMaxMs: number;
  /** Called with true when the wait for a connection begins, with false when it ends. */
  onWaiting: (isWaiting: boolean) => void;
  /** No attempt begins after it aborts. */
  stop: AbortSignal;
};

/**
 * Retries `attempt` until the desk answers, for 10 s at most. While the browser is offline it waits without a limit.
 * Null if it was stopped. Only for actions with a key: an attempt without an answer may have been carried out.
 */
export async function untilAnswered<Value>(
  attempt: (signal: AbortSignal) => Answer<Value>,
  { attemptMaxMs, onWaiting, stop }: Options,
): Promise<Result<Value, DeskFailure> | null> {
  let leftMs = RETRY_FOR_MS;
  for (let pauseMs = PAUSE_MS.first; !stop.aborted; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most)) {
    const startedAt = performance.now();
    const outcome = await attempt(AbortSignal.timeout(Math.ceil(Math.min(leftMs, attemptMaxMs))));
    if (outcome.ok || outcome.failure.kind === "refused") return outcome;
    // Not before the attempt: a desk on the same machine answers a browser that is offline.
    if (!navigator.onLine) {
      onWaiting(true);
      await connection(stop);
      onWaiting(false);
      continue;
    }
    leftMs -= performance.now() - startedAt + pauseMs;
    if (leftMs <= 0 && !stop.aborted) return outcome;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return null;
}

/** Resolves when the browser is online, when the desk answers something else, or when `stop` aborts. */
function connection(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const forget = onAnswer(end);
    function end() {
      forget();
      window.removeEventListener("online", end);
      resolve();
    }
    window.addEventListener("online", end);
    if (stop.aborted) end();
    else stop.addEventListener("abort", end, { once: true });
  });
}
