import "server-only";
import { connectDb } from "@/lib/store/db";
import { log } from "@/lib/log";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import { onNudge, type Topic } from "./nudge";

/** Does at most one unit of due work and says whether there was any. Safe in any number of processes at once. */
type FollowerStep = (now: Date) => Promise<{ worked: boolean }>;

/** `topic` names the nudges that wake it; without one it only looks every second. */
export type Follower = { name: string; step: FollowerStep; concurrency?: number; topic?: Topic };

/** How often each follower looks for due work without a nudge, in milliseconds. */
const SWEEP_MS = 1_000;
/** Longest pause after a failed step, in milliseconds; the first is one second. */
const PAUSE_MAX_MS = 30_000;

/**
 * Runs the followers until the returned function is called, which resolves once every running step has ended. A step
 * that throws is logged and retried after a pause; it ends neither its follower nor another one.
 */
export function startFollowers(followers: Follower[]): () => Promise<void> {
  const stop = new AbortController();
  const loops = followers.flatMap((follower) =>
    Array.from({ length: follower.concurrency ?? 1 }, () => follow(follower, stop.signal)),
  );
  return async () => {
    stop.abort();
    await Promise.all(loops);
  };
}

async function follow({ name, step, topic }: Follower, stop: AbortSignal): Promise<void> {
  let failures = 0;
  while (!stop.aborted) {
    const wake = nextWake(topic, stop);
    try {
      await connectDb();
      const { worked } = await step(new Date());
      failures = 0;
      if (worked) {
        wake.cancel();
        continue;
      }
    } catch (error) {
      failures += 1;
      const isAway = isDatabaseAway(error);
      log[isAway ? "warn" : "error"](
        { follower: name, failures, err: error },
        isAway ? "database away" : "follower step failed",
      );
      wake.cancel();
      await pause(Math.min(SWEEP_MS * 2 ** (failures - 1), PAUSE_MAX_MS), stop);
      continue;
    }
    await wake.done;
  }
}

/** `done` resolves at the next nudge of `topic`, after SWEEP_MS, or at `stop`. Listens from the call on, so no nudge is missed. */
function nextWake(topic: Topic | undefined, stop: AbortSignal): { done: Promise<void>; cancel: () => void } {
  let cancel = () => {};
  const done = new Promise<void>((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stopListening();
      stop.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, SWEEP_MS);
    const stopListening = topic ? onNudge(topic, finish) : () => {};
    stop.addEventListener("abort", finish);
    if (stop.aborted) finish();
    cancel = finish;
  });
  return { done, cancel };
}

function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    stop.addEventListener("abort", finish);
    if (stop.aborted) finish();
  });
}
