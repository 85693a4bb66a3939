import { describe, expect, test } from "vitest";
import { inLane, isSlowSender, noteSlowSender } from "@/lib/inbound/lanes";

describe("inLane", () => {
  test("runs one at a time in the slow lane, in the order they came, and leaves out who gave up", async () => {
    const done: string[] = [];
    const hold = Promise.withResolvers<void>();
    const patience = new AbortController();
    const first = inLane("slow", () => hold.promise.then(() => done.push("first")));
    const impatient = inLane("slow", async () => done.push("impatient"), patience.signal);
    const second = inLane("slow", async () => done.push("second"));
    patience.abort();
    expect(await impatient).toBeNull();
    expect(await inLane("ordinary", async () => done.push("ordinary"))).toBe(1);
    hold.resolve();
    await Promise.all([first, second]);
    expect(done).toEqual(["ordinary", "first", "second"]);
  });

  test("frees the place of work that failed", async () => {
    await expect(inLane("slow", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await inLane("slow", async () => "works")).toBe("works");
  });
});

test("a sender is slow for ten minutes after each mail that ran into a limit", () => {
  noteSlowSender("eve@example.com", 0);
  expect(isSlowSender("eve@example.com", 599_000)).toBe(true);
  expect(isSlowSender("eve@example.com", 601_000)).toBe(false);
  expect(isSlowSender("ann@example.com", 0)).toBe(false);
});
