import mongoose from "mongoose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Card } from "@/models/CardModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

// A worker that a busy machine, a debugger or a laptop's lid stops for longer than its lease, and that then goes on.

let desk: CardDesk;
const priya = member("Priya Nair");
const LEASE_MS = 60_000;

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(async () => {
  mongoose.set("debug", false);
  vi.restoreAllMocks();
  await desk.close();
});

/** A ticket that Priya has claimed, whose card a worker will change now. */
async function claimedTicket(): Promise<ThreadId> {
  const id = await desk.postedTicket();
  await claimTicket(id, priya);
  await desk.work();
  desk.clock.advance(1_000);
  return id;
}

/** Lets this process sleep for `ms` before it next reads a thread for its card. */
function sleepBeforeReading(ms: number): void {
  const monotonic = performance.now.bind(performance);
  let sleptMs = 0;
  vi.spyOn(performance, "now").mockImplementation(() => monotonic() + sleptMs);
  mongoose.set("debug", (collection: string, method: string, filter: object) => {
    const isRead = collection === "emailthreads" && method === "findOne" && "_id" in filter;
    if (sleptMs > 0 || !isRead) return;
    sleptMs = ms;
    desk.clock.advance(ms);
  });
}

describe("a worker that sleeps longer than its lease", () => {
  test("and then sends its edit leaves the card right in the end", async () => {
    const id = await claimedTicket();
    const { faults } = desk.discord;
    faults.next({ kind: "frozen" });
    const isHeld = faults.held();
    const sleeper = desk.step();
    await isHeld;
    await unclaimTicket(id, priya);
    desk.clock.advance(LEASE_MS + 5_000);
    await desk.settle(1_000);
    expect(desk.textOf(id)).not.toContain("Claimed by");
    await desk.settle();
    faults.letGo();
    await sleeper;
    expect(desk.textOf(id)).toContain("Claimed by");
    await desk.settle();
    expect(desk.textOf(id)).not.toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", dueAt: null, leaseId: null, verifyLeft: 0 });
  });

  test("while another worker has the card leaves it right in the end", async () => {
    const id = await claimedTicket();
    const { faults } = desk.discord;
    faults.next({ kind: "frozen" });
    const isHeld = faults.held();
    const sleeper = desk.step();
    await isHeld;
    await unclaimTicket(id, priya);
    desk.clock.advance(LEASE_MS + 5_000);
    await desk.step(); // marks the card
    faults.next({ kind: "held" });
    const isOthersHeld = faults.held();
    const other = desk.step();
    await isOthersHeld;
    faults.letGo();
    await Promise.all([sleeper, other]);
    await desk.settle();
    expect(desk.messagesOf(id)[0]?.content).toBe(await desk.expectedText(id));
  });

  test("before it sends the edit sends nothing", async () => {
    const id = await claimedTicket();
    sleepBeforeReading(LEASE_MS + 1_000);
    await desk.step();
    expect(desk.requests()).toEqual(["POST"]);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
  });

  test("before it posts the card posts nothing, so there is one message", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    sleepBeforeReading(LEASE_MS + 1_000);
    await desk.step();
    expect(desk.requests()).toEqual([]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ uncertainPosts: 0 });
  });
});

test("an edit of a worker that died is noticed, should it land after the next worker's", async () => {
  const id = await claimedTicket();
  const before = desk.messagesOf(id)[0]?.content;
  await Card.updateOne(
    { threadId: id },
    { $set: { leaseId: "of a dead worker", dueAt: new Date(desk.clock.now().getTime() - 1) } },
  );
  await desk.settle(2_000);
  expect(desk.textOf(id)).toContain("Claimed by");
  desk.clock.advance(60_000);
  for (const message of desk.discord.channel.messages) message.content = before ?? "";
  await desk.settle();
  expect(desk.textOf(id)).toContain("Claimed by");
});
