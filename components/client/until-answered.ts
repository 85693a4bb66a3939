import type { Result } from "@/lib/result";
import type { DeskFailure } from "./desk-api";

/** How long an action is repeated while the desk does not answer, in milliseconds. */
export const TRY_FOR_MS = 10_000;
/** Longest time one attempt may hang before the next one starts. */
const ATTEMPT_MAX_MS = 4_000;
const PAUSE_MS = { first: 300, most: 1_500 };

/**
 * Repeats `attempt` until the desk answers, for 10 s at most. Only for actions that carry their key: an attempt that
 * went unanswered may have happened all the same.
 */
export async function untilAnswered<Value>(
  attempt: (signal: AbortSignal) => Promise<Result<Value, DeskFailure>>,
): Promise<Result<Value, DeskFailure>> {
  const deadline = performance.now() + TRY_FOR_MS;
  for (let pauseMs = PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most)) {
    const leftMs = Math.max(deadline - performance.now(), 1);
    const outcome = await attempt(AbortSignal.timeout(Math.min(leftMs, ATTEMPT_MAX_MS)));
    const isAnswered = outcome.ok || outcome.failure.kind === "refused";
    if (isAnswered || performance.now() + pauseMs >= deadline) return outcome;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
