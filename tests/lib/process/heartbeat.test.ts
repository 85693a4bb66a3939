import { beforeEach, expect, test } from "vitest";
import { beat, hasWorker, silenceOfWorker, startBeating, workerSilence } from "@/lib/process/heartbeat";
import { Worker, type StoredWorker } from "@/models/WorkerModel";

beforeEach(async () => {
  await Worker.deleteMany();
});

/** A worker whose last beat is that old. */
async function beaten(agoMs: number, row: Partial<StoredWorker> = {}): Promise<Date> {
  const beatAt = new Date(Date.now() - agoMs);
  await Worker.create({ _id: "one", kind: "worker", isRunning: true, beatAt, ...row });
  return beatAt;
}

test("a worker that beats is running, and is gone once it has ended", async () => {
  expect(await hasWorker()).toBe(false);
  const stop = startBeating({ _id: "one", kind: "worker" });
  await expect.poll(hasWorker).toBe(true);
  await stop();
  expect(await hasWorker()).toBe(false);
  expect(await workerSilence()).toBeNull();
});

test("a worker that was killed counts as running for 20 seconds", async () => {
  await beaten(15_000);
  expect(await hasWorker()).toBe(true);
  await Worker.deleteMany();
  await beaten(25_000);
  expect(await hasWorker()).toBe(false);
});

test("a beat takes its time from the database, and a restarted worker keeps its row", async () => {
  await beaten(3_600_000);
  expect(await silenceOfWorker("one")).toBeGreaterThan(3_500_000);
  await beat({ _id: "one", kind: "worker" });
  expect(await silenceOfWorker("one")).toBeLessThan(60_000);
  expect(await silenceOfWorker("other")).toBeNull();
  expect(await Worker.countDocuments()).toBe(1);
});

test("the silence begins with the last beat, a minute after a worker's and six after a tick's", async () => {
  expect(await workerSilence()).toBe("ever");
  const since = await beaten(90_000);
  expect(await workerSilence()).toEqual(since);
  await beaten(90_000, { _id: "tick", kind: "tick" });
  expect(await workerSilence()).toBeNull();
  await Worker.deleteMany();
  const ticked = await beaten(400_000, { _id: "tick", kind: "tick" });
  expect(await workerSilence()).toEqual(ticked);
});
