import "server-only";
import { connectDb } from "@/lib/store/db";
import { log } from "@/lib/log";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import { onNudge, type Topic } from "./nudge";

/** `hasMore`: the step took as much as it may. `waitMs`: when something will be due, if the step knows. */
export type StepResult = { worked: boolean; hasMore?: boolean; waitMs?: number };

export type Follower = {
  name: string;
  /** Does a bounded amount of due work and says whether there was any. Safe in any number of processes at once. */
  step: () => Promise<StepResult>;
  /** The nudges that wake it. */
  topic?: Topic;
  /** How many steps may run at once in this process; 1 if not given. */
  concurrency?: number;
  /** How often it looks for work without a nudge, in milliseconds: for nudges that got lost, and for due times. */
  sweepMs?: number;
  /** How long it waits after a nudge for others, to do their work together, in milliseconds. */
  gatherMs?: number;
};

const SWEEP_MS = 1_000;
/** Pauses after failed steps in a row, in milliseconds: the first, doubled up to the longest. */
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

/**
 * Runs the followers until the returned function is called, which resolves once every running step has ended. An idle
 * follower looks once in its interval. One whose step found work starts more of them, up to its limit, until nothing is
 * due. A step that throws is logged and retried after a pause; it ends neither its follower nor another one.
 */
export function startFollowers(followers: Follower[]): () => Promise<void> {
  const runs = followers.map((follower) => new Run(follower));
  return async () => {
    await Promise.all(runs.map((run) => run.stop()));
  };
}

/** One follower in this process. */
class Run {
  private running = 0;
  /** Something may have become due since the last step began. */
  private isDue = false;
  private failures = 0;
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private gathering: NodeJS.Timeout | undefined;
  /** While set, nothing is tried again after a failure. */
  private pause: NodeJS.Timeout | undefined;
  private readonly stopListening: () => void;
  private onEnd: () => void = () => {};

  constructor(private readonly follower: Follower) {
    const { topic } = follower;
    this.stopListening = topic ? onNudge(topic, () => this.nudged()) : () => {};
    this.look();
  }

  stop(): Promise<void> {
    this.isStopped = true;
    this.stopListening();
    for (const timer of [this.timer, this.gathering, this.pause]) clearTimeout(timer);
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => (this.onEnd = resolve));
  }

  private nudged(): void {
    const { gatherMs = 0 } = this.follower;
    if (gatherMs === 0) return this.look();
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined;
      this.look();
    }, gatherMs);
  }

  /** Starts a step, or notes that one is wanted if no more may run now. */
  private look(): void {
    this.plan();
    if (this.isStopped) return;
    if (this.pause !== undefined || this.running >= (this.follower.concurrency ?? 1)) this.isDue = true;
    else void this.work();
  }

  /** The next look, should no nudge come. */
  private plan(waitMs = Infinity): void {
    clearTimeout(this.timer);
    if (this.isStopped) return;
    this.timer = setTimeout(() => this.look(), Math.min(waitMs, this.follower.sweepMs ?? SWEEP_MS));
  }

  /** Runs steps until nothing is due. */
  private async work(): Promise<void> {
    this.running += 1;
    for (;;) {
      const { worked, hasMore = true, waitMs } = await this.step();
      if (this.isStopped || this.pause !== undefined) break;
      if (worked && hasMore) {
        this.startAnother();
        continue;
      }
      if (worked) this.nudged();
      if (waitMs !== undefined) this.plan(waitMs);
      if (!this.isDue) break;
    }
    this.running -= 1;
    if (this.running === 0) this.onEnd();
  }

  /** There was work, so there may be more. */
  private startAnother(): void {
    if (this.running < (this.follower.concurrency ?? 1)) void this.work();
  }

  private async step(): Promise<StepResult> {
    this.isDue = false;
    try {
      await connectDb();
      const result = await this.follower.step();
      this.failures = 0;
      return result;
    } catch (error) {
      this.failed(error);
      return { worked: false };
    }
  }

  private failed(error: unknown): void {
    this.failures += 1;
    const { failures } = this;
    const isAway = isDatabaseAway(error);
    log[isAway ? "warn" : "error"](
      { follower: this.follower.name, failures, err: error },
      isAway ? "database away" : "follower step failed",
    );
    if (this.isStopped) return;
    clearTimeout(this.pause);
    this.pause = setTimeout(
      () => {
        this.pause = undefined;
        this.look();
      },
      Math.min(PAUSE_FIRST_MS * 2 ** (failures - 1), PAUSE_MAX_MS),
    );
  }
}
