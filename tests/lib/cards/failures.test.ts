import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import type { Fault } from "@/scripts/stand-ins/discord/faults";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

describe("an edit that fails", () => {
  const faults: [string, Fault][] = [
    ["500 before it is done", { kind: "status", status: 500, when: "before" }],
    ["502 after it is done", { kind: "status", status: 502, when: "after" }],
    ["503", { kind: "status", status: 503, when: "before" }],
    ["a reset before it is done", { kind: "reset", when: "before" }],
    ["a reset after it is done", { kind: "reset", when: "after" }],
    ["no answer, not done", { kind: "hang", when: "before" }],
    ["no answer, done", { kind: "hang", when: "after" }],
    ["half an answer", { kind: "truncated" }],
    ["an answer that takes too long", { kind: "drip", ms: 10 }],
    ["a 404 without a code", { kind: "error", status: 404 }],
  ];
  test.each(faults)("with %s is retried until the card is right", async (_, fault) => {
    const id = await desk.postedTicket();
    if (fault.kind === "hang" || fault.kind === "drip") desk.shortenTimeout();
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

  test("is retried after longer and longer pauses, and at once when Discord is back", async () => {
    const first = await desk.postedTicket();
    const second = await desk.postedTicket();
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

  test("is given up with a reason after a day, and retried with the next change", async () => {
    const id = await desk.postedTicket();
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
    expect(desk.messagesOf(id)).toMatchObject([{ content: await desk.expectedText(id) }]);
  });
});

describe("a first post of unknown outcome", () => {
  test("is sent again after 30 seconds, and the card warns that it may be there twice", async () => {
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

  test("is sent three times at most, and then left to a person", async () => {
    const id = await desk.mailArrives();
    desk.shortenTimeout();
    desk.discord.faults.next({ kind: "hang", when: "after" }, { times: 10 });
    await desk.settle();
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(3);
    expect(await desk.cardOf(id)).toMatchObject({ state: "dead", uncertainPosts: 3, dueAt: null });
  });

  test("is sent again when the customer writes again, even if it was given up", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "reset", when: "before" }, { times: 3 });
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    await desk.customerWrites(id, "hello?");
    await desk.settle();
    expect(desk.textOf(id)).toContain("hello?");
  });

  test("is not counted as uncertain if the connection was refused", async () => {
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
  test("is sent once more, without the customer's text", async () => {
    const id = await desk.mailArrives({ subject: "forbidden words" });
    desk.discord.faults.next({ kind: "error", status: 400, code: 200000 });
    await desk.settle();
    expect(desk.textOf(id)).toMatch(/^📧 New email\n🔗/);
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toMatch(/^📧 New email\n👤 Claimed by/);
  });

  test("is given up with the reason after the second refusal", async () => {
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
