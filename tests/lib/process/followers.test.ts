import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startFollowers, type Follower, type StepResult } from "@/lib/process/followers";
import { nudge } from "@/lib/process/nudge";

// Followers of work in memory, on a clock that the test moves.

let stop: () => Promise<void> = async () => {};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(async () => {
  vi.useRealTimers();
  await stop();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Starts the followers, and lets each have its first look. */
async function start(...followers: Follower[]): Promise<void> {
  stop = startFollowers(followers);
  await pass(0);
}

/** Work that a step takes up to `batch` of. */
function pile(batch: number) {
  const work = { left: 0, looks: 0 };
  const step = async (): Promise<StepResult> => {
    work.looks += 1;
    const taken = Math.min(work.left, batch);
    work.left -= taken;
    return { worked: taken > 0, hasMore: taken === batch };
  };
  return { work, step };
}

/** A step that ends when the test says. */
function slowStep() {
  const running: ((result: StepResult) => void)[] = [];
  const step = () => new Promise<StepResult>((resolve) => running.push(resolve));
  /** Ends all steps, with nothing left to do. */
  const end = async () => {
    for (; running.length > 0; await pass(0))
      for (const resolve of running.splice(0)) resolve({ worked: false });
  };
  return { step, running, end };
}

describe("an idle follower", () => {
  test("looks once in its interval, however many of it may run at once", async () => {
    const { work, step } = pile(1);
    await start({ name: "jobs", step, concurrency: 4, sweepMs: 2_000 });
    await pass(20_000);
    expect(work.looks).toBe(11);
  });

  test("wakes for its own topic only", async () => {
    const [cards, events] = [pile(1), pile(1)];
    await start(
      { name: "cards", step: cards.step, topic: "cards" },
      { name: "events", step: events.step, topic: "events" },
    );
    nudge("cards");
    await pass(10);
    expect([cards.work.looks, events.work.looks]).toEqual([2, 1]);
  });

  test("looks again when the step knows that something will be due", async () => {
    const step = vi.fn(async () => ({ worked: false, waitMs: 300 }));
    await start({ name: "cards", step, sweepMs: 60_000 });
    await pass(299);
    expect(step).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(step).toHaveBeenCalledTimes(2);
  });
});

describe("a burst of nudges", () => {
  test("costs one step for eight of them, not one for each", async () => {
    const { work, step } = pile(8);
    await start({ name: "events", step, topic: "events", gatherMs: 200, concurrency: 2 });
    for (let change = 0; change < 400; change += 1) {
      work.left += 1;
      nudge("events");
      await pass(1);
    }
    await pass(1_000);
    expect(work.left).toBe(0);
    expect(work.looks).toBeLessThanOrEqual(60);
  });

  test("during a step is followed by one more look, so that nothing waits for the next sweep", async () => {
    const { step, running } = slowStep();
    await start({ name: "cards", step, topic: "cards", sweepMs: 60_000 });
    for (let times = 0; times < 5; times += 1) nudge("cards");
    running.shift()?.({ worked: false });
    await pass(0);
    expect(running).toHaveLength(1);
    running.shift()?.({ worked: false });
    await pass(0);
    expect(running).toHaveLength(0);
  });
});

describe("work that takes long", () => {
  test("keeps nobody waiting: other work starts beside it, up to the follower's limit", async () => {
    const { step, running, end } = slowStep();
    await start({ name: "deliver", step, topic: "deliver", concurrency: 3 });
    for (let times = 0; times < 5; times += 1) nudge("deliver");
    await pass(0);
    expect(running).toHaveLength(3);
    await end();
  });

  test("that waited from the start is taken up side by side", async () => {
    const { step, running, end } = slowStep();
    await start({ name: "deliver", step, concurrency: 3, sweepMs: 60_000 });
    running.shift()?.({ worked: true });
    await pass(0);
    expect(running).toHaveLength(2);
    await end();
  });
});

describe("a step that throws", () => {
  test("stops no other follower, and is tried again after longer and longer pauses", async () => {
    const good = pile(1);
    const bad = vi.fn(async (): Promise<StepResult> => Promise.reject(new Error("broken")));
    await start(
      { name: "bad", step: bad, topic: "cards" },
      { name: "good", step: good.step, topic: "events" },
    );
    good.work.left = 100;
    nudge("events", "cards");
    await pass(999);
    expect(good.work.left).toBe(0);
    expect(bad).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(bad).toHaveBeenCalledTimes(2);
    await pass(2_000);
    expect(bad).toHaveBeenCalledTimes(3);
    await pass(600_000);
    expect(bad.mock.calls.length).toBeGreaterThan(20);
    expect(bad.mock.calls.length).toBeLessThan(30);
  });
});

test("stopping waits for running steps and starts no other", async () => {
  const { step, running } = slowStep();
  await start({ name: "deliver", step, topic: "deliver", concurrency: 2 });
  let isStopped = false;
  const stopping = stop().then(() => (isStopped = true));
  nudge("deliver");
  await pass(5_000);
  expect([running.length, isStopped]).toEqual([1, false]);
  running.shift()?.({ worked: true });
  await stopping;
  expect(running).toHaveLength(0);
});
