import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { noteServerTime, serverNow, startServerClock } from "@/components/ui/server-clock";

const NOON = Date.parse("2026-03-10T12:00:00.000Z");

beforeEach(() => {
  vi.useFakeTimers({ now: NOON - 3 * 3_600_000 }); // the browser is three hours behind
  startServerClock(NOON);
});
afterEach(() => {
  vi.useRealTimers();
});

test("the server's time goes on from what a page carried, whatever the browser's clock says", () => {
  vi.advanceTimersByTime(2_000);
  expect(serverNow()).toBe(NOON + 2_000);
  vi.setSystemTime(NOON + 86_400_000);
  expect(serverNow()).toBe(NOON + 2_000);
});

test("an answer that was faster corrects it, and a slower one does not", () => {
  vi.advanceTimersByTime(1_000);
  noteServerTime(NOON + 1_400); // the page was 400 ms under way
  expect(serverNow()).toBe(NOON + 1_400);
  noteServerTime(NOON + 900);
  expect(serverNow()).toBe(NOON + 1_400);
});

test("an answer without a time changes nothing", () => {
  noteServerTime(Date.parse(""));
  expect(serverNow()).toBe(NOON);
});
