import { describe, expect, test } from "vitest";
import { LiveLog, type LiveEvent } from "@/components/client/live-log";
import { nextOf } from "@/tests/support/screen/live-stream";
import { heldBy, PRIYA, ticket } from "@/tests/support/screen/on-desk";

const START = Date.parse("2026-03-10T09:00:00.000Z");
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
const time = (seconds: number) => START + seconds * 1_000;
const hello = (seconds: number, from: number): LiveEvent => ({
  name: "hello",
  data: { now: at(seconds), from: at(from) },
});
const rows = (seconds: number, ...changed: ReturnType<typeof nextOf>[]): LiveEvent => ({
  name: "rows",
  data: { now: at(seconds), rows: changed, gone: [], messages: [], deliveries: [], mail: false },
});

describe("LiveLog", () => {
  test("knows the events of a stream since it began, and not what was before", () => {
    const log = new LiveLog();
    expect(log.eventsSince(time(0))).toBeNull();
    expect(log.add(hello(10, 5))).toBe(time(5)); // older data is to be read again
    const [first, second] = [rows(11), rows(20)];
    expect([log.add(first), log.add(second)]).toEqual([null, null]);
    expect(log.eventsSince(time(4))).toBeNull();
    expect(log.eventsSince(time(5))).toEqual([first, second]);
    expect(log.eventsSince(time(19))).toEqual([second]);
  });

  test("goes on with the next stream if that one knows all since the last event", () => {
    const log = new LiveLog();
    log.add(hello(10, 8));
    const first = rows(20);
    log.add(first);
    expect(log.add(hello(25, 18))).toBeNull();
    expect(log.eventsSince(time(9))).toEqual([first]);
  });

  test("begins anew if changes may be missing before the next stream, or too much has changed", () => {
    const log = new LiveLog();
    log.add(hello(10, 8));
    log.add(rows(20));
    expect(log.add(hello(30, 30))).toBe(time(30));
    expect(log.eventsSince(time(29))).toBeNull();
    expect(log.add({ name: "any", data: { now: at(40) } })).toBe(time(40));
    expect(log.eventsSince(time(39))).toBeNull();
    expect(log.eventsSince(time(40))).toEqual([]);
  });

  test("tells the newest row of a ticket, and forgets what is older than five minutes", () => {
    const log = new LiveLog();
    log.add(hello(0, 0));
    const claimed = nextOf(ticket(), heldBy(PRIYA));
    log.add(rows(1, claimed));
    const unclaimed = nextOf(claimed.ticket, { assignedTo: null });
    log.add(rows(2, unclaimed));
    expect(log.ticketOf(claimed.ticket._id)).toEqual(unclaimed.ticket);
    log.add(rows(400));
    expect(log.ticketOf(claimed.ticket._id)).toBeNull();
    expect(log.eventsSince(time(1))).toBeNull();
  });
});
