import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openLiveSource } from "@/components/client/live-source";
import type { LiveChange } from "@/components/client/Live";
import type { LiveEvents } from "@/lib/api/contracts";

/** An EventSource, which jsdom lacks: the test writes its events. */
class TestSource extends EventTarget {
  static all: TestSource[] = [];
  static open = () => TestSource.all.filter(({ isClosed }) => !isClosed);
  isClosed = false;
  constructor(readonly url: string) {
    super();
    TestSource.all.push(this);
  }
  close() {
    this.isClosed = true;
  }
  say<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
  fail() {
    this.dispatchEvent(new Event("error"));
  }
}

const HELLO = { now: "2026-03-10T09:00:00.000Z", from: "2026-03-10T09:00:00.000Z" };
const NOTHING = { now: HELLO.now, rows: [], gone: [], messages: [], deliveries: [], mail: false };

let isHidden = false;
function hide(hidden: boolean) {
  isHidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

let heard: (boolean | LiveChange | null)[];
let stop: () => void;
const only = () => {
  const [source, ...others] = TestSource.open();
  if (!source || others.length > 0) throw new Error(`${TestSource.open().length} streams are open`);
  return source;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", TestSource);
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (isHidden ? "hidden" : "visible"));
  TestSource.all = [];
  isHidden = false;
  heard = [];
  stop = openLiveSource({
    onLive: (isLive) => heard.push(isLive),
    onChange: (change) => heard.push(change),
  });
  heard = [];
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("the desk's stream in a window", () => {
  test("is live from its first event on, and passes on each change", () => {
    expect(only().url).toBe("/api/live");
    only().say("hello", HELLO);
    only().say("rows", { ...NOTHING, gone: ["65f0"] });
    expect(heard).toEqual([true, null, { tickets: ["65f0"], mail: false }]);
  });

  test("is opened again after a silence, but not while events come", () => {
    only().say("hello", HELLO);
    const first = only();
    for (let turn = 0; turn < 6; turn += 1) {
      vi.advanceTimersByTime(10_000);
      first.say("beat", { now: HELLO.now });
    }
    expect(only()).toBe(first);
    vi.advanceTimersByTime(25_000);
    expect(only()).not.toBe(first);
    expect(heard).toEqual([true, null, false]);
  });

  test("is opened again within seconds after an end, and with growing pauses after refusals", () => {
    only().say("hello", HELLO);
    only().fail();
    expect(TestSource.open()).toEqual([]);
    vi.advanceTimersByTime(3_000);
    const pauses: number[] = [];
    for (let turn = 0; turn < 8; turn += 1) {
      only().fail();
      let pause = 0;
      for (; TestSource.open().length === 0; pause += 500) vi.advanceTimersByTime(500);
      pauses.push(pause);
    }
    expect(pauses[0]).toBeGreaterThanOrEqual(4_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(90_500);
    only().say("hello", HELLO);
    only().say("beat", { now: HELLO.now });
    only().fail();
    vi.advanceTimersByTime(3_000);
    expect(TestSource.open()).toHaveLength(1);
  });

  test("is closed while the window is hidden, and open when it is visible again", () => {
    only().say("hello", HELLO);
    hide(true);
    vi.advanceTimersByTime(600_000);
    expect(TestSource.open()).toEqual([]);
    hide(false);
    only().say("hello", HELLO);
    expect(heard).toEqual([true, null, false, false, true, null]);
  });

  test("ends with the page", () => {
    stop();
    vi.advanceTimersByTime(600_000);
    hide(false);
    expect(TestSource.open()).toEqual([]);
  });
});
