import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

const reads = () => desk.requests().filter((method) => method === "GET");

describe("an edit of unknown outcome", () => {
  test("is corrected if it lands later, over a newer edit", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "lands_late" });
    await claimTicket(id, priya);
    await desk.settle(900);
    await unclaimTicket(id, priya);
    await desk.settle(3_000);
    desk.discord.faults.land();
    expect(desk.textOf(id)).toContain("Claimed by");
    await desk.settle();
    expect(desk.textOf(id)).not.toContain("Claimed by");
  });

  test.each([3_000, 20_000, 120_000, 330_000])("is corrected if it lands %d ms later", async (afterMs) => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "lands_late", afterMs });
    await claimTicket(id, priya);
    await desk.settle(900);
    await unclaimTicket(id, priya);
    await desk.settle();
    desk.clock.advance(afterMs);
    expect(desk.textOf(id)).not.toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ verifyLeft: 0, verifyAt: null, dueAt: null });
    expect(desk.requests().filter((method) => method === "PATCH")).toHaveLength(3);
  });

  test("is checked three times, without extra checks for changes that leave the card as it is", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "lands_late", afterMs: 120_000 });
    await claimTicket(id, priya);
    await desk.settle(30_000);
    for (let times = 0; times < 4; times += 1) {
      await unclaimTicket(id, priya);
      await claimTicket(id, priya);
      await desk.settle(5_000);
    }
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    desk.clock.advance(120_000);
    expect(desk.textOf(id)).toContain("Resolved");
    expect(reads()).toHaveLength(3);
  });

  test("does not delay a change that comes while it is retried", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "status", status: 502, when: "after" });
    await claimTicket(id, priya);
    await desk.settle(2_000);
    desk.clock.advance(6_000);
    const { faults } = desk.discord;
    faults.next({ kind: "held" });
    const isHeld = faults.held();
    const retry = desk.step();
    await isHeld;
    expect(desk.requests()).toEqual(["POST", "PATCH", "PATCH"]);
    await setTicketStatus(id, "resolved", priya);
    expect(await desk.step()).toMatchObject({ worked: true }); // another worker marks the card as due
    faults.letGo();
    await retry;
    await desk.settle(1_000);
    expect(desk.textOf(id)).toContain("Resolved");
  });

  test("is not checked for ever if the message never becomes right", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "status", status: 502, when: "after" });
    await claimTicket(id, priya);
    for (let minutes = 0; minutes < 30; minutes += 1) {
      for (const message of desk.discord.channel.messages) message.content = `not ours ${id}`;
      await desk.settle(60_000);
      desk.clock.advance(60_000);
    }
    expect(reads()).toHaveLength(3);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", dueAt: null });
  });

  test("is checked neither during a wait nor through a paused webhook", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "lands_late", afterMs: 8_000 });
    await claimTicket(id, priya);
    await desk.settle(6_000);
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 60, scope: "shared" });
    await desk.settle(40_000);
    expect(desk.requests()).toEqual(["POST", "PATCH", "PATCH", "GET"]);
    desk.discord.faults.next({ kind: "error", status: 401, code: 50027 }, { times: 2 });
    await desk.settle();
    expect(desk.requests()).toEqual(["POST", "PATCH", "PATCH", "GET", "GET", "GET"]);
  });

  test("is checked later if Discord cannot be read for a while", async () => {
    const id = await desk.postedTicket();
    desk.discord.faults.next({ kind: "lands_late", afterMs: 60_000 });
    await claimTicket(id, priya);
    await desk.settle(900);
    await unclaimTicket(id, priya);
    await desk.settle(6_000);
    desk.discord.faults.next({ kind: "status", status: 503, when: "before" }, { method: "GET", times: 8 });
    await desk.settle();
    desk.clock.advance(60_000);
    expect(desk.textOf(id)).not.toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ attempts: 0, lastError: null });
  });
});
