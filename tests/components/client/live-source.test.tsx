import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LiveLog } from "@/components/client/live-log";
import { followLive } from "@/components/client/live-windows";
import { breakOff, onlyStream, openStreams, say, useTestStream } from "@/tests/support/screen/live-stream";

let isHidden = false;
function hide(hidden: boolean) {
  isHidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

let heard: string[];
let stop: () => void;
let since: string | null;

beforeEach(() => {
  vi.useFakeTimers();
  useTestStream();
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (isHidden ? "hidden" : "visible"));
  isHidden = false;
  heard = [];
  since = "2026-03-10T09:00:00.000Z";
  stop = followLive({
    memberId: "user_maya",
    log: new LiveLog(),
    since: () => since,
    onState: (state) => heard.push(state),
    onEvent: ({ name }) => heard.push(name),
  });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the desk's stream in a window", () => {
  test("is live from its first event on, and passes on each event", () => {
    expect(onlyStream().url).toBe("/api/live?member=user_maya&since=2026-03-10T09%3A00%3A00.000Z");
    say("hello");
    say("rows");
    expect(heard).toEqual(["opening", "hello", "live", "rows"]);
  });

  test("is opened again after a silence, but not while events come", () => {
    say("hello");
    const first = onlyStream();
    for (let turn = 0; turn < 6; turn += 1) {
      vi.advanceTimersByTime(10_000);
      say("beat");
    }
    expect(onlyStream()).toBe(first);
    heard = [];
    vi.advanceTimersByTime(25_000);
    expect(onlyStream()).not.toBe(first);
    expect(heard).toEqual(["lost"]);
  });

  test("is opened again at once after a planned end, and stays live meanwhile", () => {
    say("hello");
    since = "2026-03-10T09:05:00.000Z";
    heard = [];
    say("bye");
    vi.advanceTimersByTime(500);
    expect(onlyStream().url).toContain("09%3A05");
    say("hello");
    vi.advanceTimersByTime(20_000);
    expect(heard).toEqual(["hello", "live"]);
  });

  test("counts as lost if it does not open within 5 seconds, at first and after a planned end", () => {
    vi.advanceTimersByTime(5_000);
    expect(heard).toEqual(["opening", "lost"]);
    say("hello");
    say("bye");
    vi.advanceTimersByTime(6_000);
    expect(heard).toEqual(["opening", "lost", "hello", "live", "lost"]);
  });

  test("is opened again within seconds after an end, and with growing pauses after refusals", () => {
    say("hello");
    heard = [];
    breakOff();
    expect(openStreams()).toEqual([]);
    vi.advanceTimersByTime(3_000);
    const pauses: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      breakOff({ isRefused: true });
      let pause = 0;
      for (; openStreams().length === 0; pause += 500) vi.advanceTimersByTime(500);
      pauses.push(pause);
    }
    expect([...new Set(heard)]).toEqual(["lost", "off"]);
    expect(pauses[0]).toBeGreaterThanOrEqual(4_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(90_500);
    say("hello");
    say("beat");
    breakOff();
    vi.advanceTimersByTime(3_000);
    expect(openStreams()).toHaveLength(1);
  });

  test("is opened again at once when the browser is online again", () => {
    breakOff();
    window.dispatchEvent(new Event("online"));
    expect(openStreams()).toHaveLength(1);
  });

  test("is closed while the window is hidden, and open when it is visible again", () => {
    say("hello");
    hide(true);
    vi.advanceTimersByTime(600_000);
    expect(openStreams()).toEqual([]);
    hide(false);
    say("hello");
    expect(heard).toEqual(["opening", "hello", "live", "opening", "hello", "live"]);
  });

  test("ends with the page", () => {
    stop();
    vi.advanceTimersByTime(600_000);
    hide(false);
    expect(openStreams()).toEqual([]);
  });
});
