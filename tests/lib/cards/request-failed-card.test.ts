import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { requestCard } from "@/lib/cards/request-card";
import { claimTicket } from "@/lib/tickets/claim";
import { newOperation } from "@/lib/tickets/transition";
import { Card } from "@/models/CardModel";
import { askForCard, goneTicket, requesters, shownState } from "@/tests/support/cards/card-requests";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");
const DAY_AND_MORE_MS = 30 * 3_600_000;

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

const requested = { ok: true, value: "requested" };

/** A ticket whose card was given up after three posts of unknown outcome, which Discord carried out if `isDone`. */
async function uncertainTicket(isDone: boolean): Promise<ThreadId> {
  const id = await desk.mailArrives();
  desk.discord.faults.next({ kind: "reset", when: isDone ? "after" : "before" }, { times: 3 });
  await desk.settle();
  expect(await desk.cardOf(id)).toMatchObject({ state: "dead", uncertainPosts: 3 });
  return id;
}

/** A claimed ticket whose edit was given up after a day without Discord. */
async function outdatedTicket(): Promise<ThreadId> {
  const id = await desk.postedTicket();
  await desk.discord.goAway();
  await claimTicket(id, priya);
  await desk.settle(DAY_AND_MORE_MS);
  return id;
}

describe("a failed card that a member asks for", () => {
  test.each([
    ["arrived", true, 4],
    ["did not arrive", false, 1],
  ])("is posted once more if its earlier posts %s", async (_, isDone, messages) => {
    const id = await uncertainTicket(isDone);
    expect(await shownState(id)).toBe("failed");
    expect(await askForCard(desk, id)).toEqual(requested);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(messages);
    expect(await desk.cardOf(id)).toMatchObject({
      state: "live",
      uncertainPosts: 3,
      lastError: expect.stringContaining("twice"),
    });
  });

  test("may be posted three more times, and no more until a member asks again", async () => {
    const id = await uncertainTicket(true);
    desk.discord.faults.next({ kind: "reset", when: "after" }, { times: 9 });
    await askForCard(desk, id);
    await desk.settle();
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(6);
    expect(await desk.cardOf(id)).toMatchObject({ state: "dead", uncertainPosts: 6, dueAt: null });
    expect(await askForCard(desk, id)).toEqual(requested);
    desk.discord.faults.clear();
    await desk.settle();
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 0 });
  });

  test("is retried for another day if Discord stays away", async () => {
    const id = await outdatedTicket();
    expect(await shownState(id)).toBe("failed");
    await askForCard(desk, id);
    await desk.work();
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", attempts: 1 });
    await desk.discord.comeBack();
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", attempts: 0, failingSince: null });
  });

  test("is posted again at once if it was deleted meanwhile", async () => {
    const id = await outdatedTicket();
    await desk.discord.comeBack();
    desk.deleteMessages(id);
    await askForCard(desk, id);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await requesters(id)).toHaveLength(1);
  });

  test("is sent with the customer's text again if Discord refused it before", async () => {
    const id = await desk.mailArrives({ subject: "forbidden words" });
    desk.discord.faults.next({ kind: "error", status: 400, code: 200000 }, { times: 2 });
    await desk.settle();
    expect(await shownState(id)).toBe("failed");
    await askForCard(desk, id);
    await desk.settle();
    expect(desk.textOf(id)).toContain("forbidden words");
  });
});

describe("a request for a card that cannot be posted", () => {
  test("is refused if cards are off", async () => {
    const id = await goneTicket(desk);
    expect(await requestCard(id, priya, { config: null })).toEqual({
      ok: false,
      failure: { reason: "cards_off" },
    });
    expect(await requesters(id)).toEqual([]);
  });

  test("is refused with advice while the webhook is paused, and accepted afterwards", async () => {
    const id = await goneTicket(desk);
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 401, code: 50027 }, { times: 2 });
    await desk.settle();
    const requests = desk.requests().length;
    expect(await askForCard(desk, id)).toEqual({
      ok: false,
      failure: { reason: "cards_paused", detail: expect.stringContaining("DISCORD_WEBHOOK_URL") },
    });
    await desk.settle();
    expect(desk.requests()).toHaveLength(requests);
    expect(await requesters(id)).toEqual([]);

    desk.discord.channel.webhook.token = "another-token";
    desk.clock.advance(60_000);
    desk.replaceWebhook(desk.discord);
    expect(await askForCard(desk, id)).toMatchObject({ failure: { reason: "cards_paused" } });
    await desk.settle();
    expect(await askForCard(desk, id)).toEqual(requested);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("is answered as before if it is retried, even if cards are off by now", async () => {
    const id = await goneTicket(desk);
    const op = newOperation();
    await askForCard(desk, id, priya, op);
    expect(await requestCard(id, priya, { op, config: null })).toEqual(requested);
  });

  test("is accepted and waits if a block will end without anybody's help", async () => {
    const id = await goneTicket(desk);
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "turned_away", as: "html" });
    await desk.work();
    const requests = desk.requests().length;
    expect(await askForCard(desk, id)).toEqual(requested);
    await desk.work();
    expect(desk.requests()).toHaveLength(requests);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await Card.countDocuments({ state: "dead" })).toBe(0);
  });
});
