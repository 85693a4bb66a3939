import path from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { ownWorker } from "@/lib/process/own-worker";
import { superviseWorker, type SupervisedWorker } from "@/scripts/supervise.mjs";
import { leaveWorker } from "@/tests/support/desk/pretend-worker";

let worker: SupervisedWorker;
const onUnusable = vi.fn();
const onSignal = vi.fn();
const BOX_MS = 5_000;

function start(): void {
  const file = path.resolve("tests/support/desk/told-worker.mjs");
  worker = superviseWorker({ file, onUnusable, onSignal });
  worker.start();
}

afterEach(async () => {
  await worker.stop(BOX_MS);
  leaveWorker();
  vi.restoreAllMocks();
});

test("nudges that come together cross in one message, each topic once", async () => {
  start();
  await expect.poll(() => ownWorker()?.metrics()).toEqual([]);
  for (let index = 0; index < 400; index += 1) ownWorker()?.nudge(["cards", "events"]);
  await expect.poll(() => ownWorker()?.metrics()).toEqual([{ nudge: ["cards", "events"] }]);
});

test("a worker that is killed is started again, counted and named in the log", async () => {
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  start();
  ownWorker()?.nudge(["crash"]);
  await expect.poll(() => ownWorker()?.restarts, { timeout: 5_000 }).toBe(1);
  expect(logged).toHaveBeenCalledWith("The worker ended by itself (SIGKILL) and is started again in 1 s.");
  await expect.poll(() => ownWorker()?.metrics(), { timeout: 10_000 }).toEqual([]);
  expect(onUnusable).not.toHaveBeenCalled();
});

test("a worker that cannot use its configuration is not started again", async () => {
  start();
  ownWorker()?.nudge(["exit 78"]);
  await expect.poll(() => onUnusable.mock.calls.length).toBe(1);
  expect(ownWorker()?.restarts).toBe(0);
});

test("a restart that was asked for is not counted", async () => {
  start();
  ownWorker()?.nudge(["cards"]);
  await expect.poll(() => ownWorker()?.metrics()).toEqual([{ nudge: ["cards"] }]);
  worker.restart();
  await expect.poll(() => ownWorker()?.metrics(), { timeout: 5_000 }).toEqual([]);
  expect(ownWorker()?.restarts).toBe(0);
});

test("a worker that does not answer costs the metrics nothing but its own, and is ended by force", async () => {
  start();
  ownWorker()?.nudge(["deaf"]);
  await expect.poll(() => ownWorker()?.metrics(), { timeout: 5_000 }).toBeNull();
  await worker.stop(100);
});
