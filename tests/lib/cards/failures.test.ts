import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import type { ThreadId } from "@/lib/api/contracts";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { CardDesk } from "@/tests/support/cards/cards";
import type { Fault } from "@/scripts/stand-ins/discord/faults";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(async () => {
  expect(desk.discord.pings()).toEqual([]);
  expect(desk.discord.violations()).toEqual([]);
  await desk.discord.close();
});

async function postedTicket(): Promise<ThreadId> {
  const id = await desk.mailArrives();
  await desk.settle();
  return id;
}

describe("an edit that fails", () => {
  const faults: [string, Fault][] = [
    ["500 before it is done", { kind: "status", status: 500, when: "before" }],
    ["502 after it is done", { kind: "status", status: 502, when: "after" }],
    ["503", { kind: "status", status: 503, when: "before" }],
    ["a reset before", { kind: "reset", when: "before" }],
    ["a reset after", { kind: "reset", when: "after" }],
    ["no answer, not done", { kind: "hang", when: "before" }],
    ["no answer, done", { kind: "hang", when: "after" }],
    ["half an answer", { kind: "truncated" }],
    ["a dripping answer", { kind: "drip", ms: 10 }],
    ["a 404 of nothing in particular", { kind: "error", status: 404 }],
  ];
  test.each(faults)("with %s is repeated until the card is right", async (_, fault) => {
    const id = await postedTicket();
    if (fault.kind === "hang" || fault.kind === "drip") desk.losePatience();
    desk.discord.faults.next(fault, { times: 2 });
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({
      state: "live",
      attempts: 0,
      lastError: null,
      verifyLeft: 0,
    });
  });

  test("and lands later, on top of a newer one, is noticed and put right", async () => {
    const id = await postedTicket();
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

  test.each([3_000, 20_000, 120_000, 330_000])(
    "and lands %d ms later, when all seemed well, is noticed and put right",
    async (afterMs) => {
      const id = await postedTicket();
      desk.discord.faults.next({ kind: "lands_late", afterMs });
      await claimTicket(id, priya);
      await desk.settle(900);
      await unclaimTicket(id, priya);
      await desk.settle();
      desk.clock.advance(afterMs);
      expect(desk.textOf(id)).not.toContain("Claimed by");
      expect(await desk.cardOf(id)).toMatchObject({ verifyLeft: 0, verifyAt: null, dueAt: null });
      expect(desk.requests().filter((method) => method === "PATCH")).toHaveLength(3);
    },
  );

  test("is looked after three times, and a change that comes to nothing costs no look", async () => {
    const id = await postedTicket();
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
    expect(desk.requests().filter((method) => method === "GET")).toHaveLength(3);
  });

  test("is looked after while a change that came meanwhile is shown, as soon as any other", async () => {
    const id = await postedTicket();
    desk.discord.faults.next({ kind: "status", status: 502, when: "after" });
    await claimTicket(id, priya);
    await desk.settle(2_000);
    desk.clock.advance(6_000);
    desk.discord.faults.next({ kind: "delay", ms: 100 });
    const again = desk.step();
    await expect.poll(() => desk.requests()).toEqual(["POST", "PATCH", "PATCH"]);
    await setTicketStatus(id, "resolved", priya);
    expect(await desk.step()).toEqual({ worked: true }); // another worker hands the change over to the card
    await again;
    await desk.settle(1_000);
    expect(desk.textOf(id)).toContain("Resolved");
  });

  test("is not looked after for ever where the message never is what it should be", async () => {
    const id = await postedTicket();
    desk.discord.faults.next({ kind: "status", status: 502, when: "after" });
    await claimTicket(id, priya);
    for (let minutes = 0; minutes < 30; minutes += 1) {
      for (const message of desk.discord.channel.messages) message.content = `not ours ${id}`;
      await desk.settle(60_000);
      desk.clock.advance(60_000);
    }
    expect(desk.requests().filter((method) => method === "GET")).toHaveLength(3);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", dueAt: null });
  });

  test("is looked after neither before a wait is over nor by a webhook that is paused", async () => {
    const id = await postedTicket();
    desk.discord.faults.next({ kind: "lands_late", afterMs: 8_000 });
    await claimTicket(id, priya);
    await desk.settle(6_000);
    desk.discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 60, scope: "shared" });
    await desk.settle(40_000);
    expect(desk.requests()).toEqual(["POST", "PATCH", "PATCH", "GET"]);
    desk.discord.faults.next({ kind: "error", status: 401, code: 50027 });
    await desk.settle();
    expect(desk.requests()).toEqual(["POST", "PATCH", "PATCH", "GET", "GET"]);
  });

  test("is looked after later where Discord can't be read for a while", async () => {
    const id = await postedTicket();
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

  test("waits longer each time, and at once gets its turn when Discord is back", async () => {
    const first = await postedTicket();
    const second = await postedTicket();
    await desk.discord.goAway();
    await claimTicket(first, priya);
    await claimTicket(second, priya);
    await desk.settle(3_600_000);
    const { attempts } = await desk.cardOf(first);
    expect(attempts).toBeGreaterThan(6);
    expect(attempts).toBeLessThan(60);
    await desk.discord.comeBack();
    const third = await desk.mailArrives();
    await desk.settle(16 * 60_000);
    for (const id of [first, second]) expect(desk.textOf(id)).toContain("Claimed by");
    expect(desk.messagesOf(third)).toHaveLength(1);
  });

  test("for a day is given up, said so, and tried anew with the next change", async () => {
    const id = await postedTicket();
    await desk.discord.goAway();
    await claimTicket(id, priya);
    await desk.settle(30 * 3_600_000);
    expect(await desk.cardOf(id)).toMatchObject({
      state: "dead",
      dueAt: null,
      lastError: expect.stringContaining("day"),
    });
    await desk.discord.comeBack();
    await unclaimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toBe((await desk.expectedText(id)).replace(/\\([!-/:-@[-`{-~])/g, "$1"));
  });
});

describe("a first post whose outcome is unknown", () => {
  test("is repeated after 30 seconds, not before, and the card says it may stand there twice", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "status", status: 500, when: "after" });
    await desk.settle(29_000);
    expect(desk.requests()).toEqual(["POST"]);
    await desk.settle();
    expect(desk.requests()).toEqual(["POST", "POST"]);
    expect(desk.messagesOf(id)).toHaveLength(2);
    expect(await desk.cardOf(id)).toMatchObject({
      state: "live",
      lastError: expect.stringContaining("twice"),
    });
  });

  test("is tried three times at most, and then a person is told to look", async () => {
    const id = await desk.mailArrives();
    desk.losePatience();
    desk.discord.faults.next({ kind: "hang", when: "after" }, { times: 10 });
    await desk.settle();
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(3);
    expect(await desk.cardOf(id)).toMatchObject({ state: "dead", uncertainPosts: 3, dueAt: null });
  });

  test("and was given up is tried anew when the customer writes again", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "reset", when: "before" }, { times: 3 });
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    await desk.customerWrites(id, "hello?");
    await desk.settle();
    expect(desk.textOf(id)).toContain("hello?");
  });

  test("is not in doubt where the connection was refused: it is simply repeated", async () => {
    await desk.discord.goAway();
    const id = await desk.mailArrives();
    await desk.settle(60_000);
    await desk.discord.comeBack();
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ uncertainPosts: 0, lastError: null });
  });
});

describe("a card that Discord refuses", () => {
  test("goes once more without the customer's text", async () => {
    const id = await desk.mailArrives({ subject: "forbidden words" });
    desk.discord.faults.next({ kind: "error", status: 400, code: 200000 });
    await desk.settle();
    expect(desk.textOf(id)).toMatch(/^📧 New email\n🔗/);
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toMatch(/^📧 New email\n👤 Claimed by/);
  });

  test("twice is given up and says why", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 400, code: 50035 }, { times: 2 });
    await desk.settle();
    expect(desk.requests()).toHaveLength(2);
    expect(await desk.cardOf(id)).toMatchObject({
      state: "dead",
      lastError: expect.stringContaining("50035"),
    });
  });
});
