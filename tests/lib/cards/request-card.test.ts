import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import type { ThreadId } from "@/lib/api/contracts";
import { readTicket } from "@/lib/tickets/read";
import { requestCard } from "@/lib/cards/request-card";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { newOperation } from "@/lib/tickets/transition";
import { Card } from "@/models/CardModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { createLegacyThread, member, storedThread, teamOf } from "@/tests/support/factories/threads";

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

const ask = (id: ThreadId, who = priya, op = newOperation()) =>
  requestCard(id, who, { op, config: desk.config, now: desk.clock.now() });

const answered = (card: "requested" | "pending" | "synced") => ({ ok: true, value: card });

/** A ticket whose card somebody deleted in the channel, which the desk has noticed. */
async function goneTicket(): Promise<ThreadId> {
  const id = await desk.mailArrives();
  await desk.settle();
  await deleteCard(id, () => claimTicket(id, priya));
  return id;
}

/** `change` of the ticket is what lets the desk notice. */
async function deleteCard(id: ThreadId, change: () => Promise<unknown>): Promise<void> {
  for (const message of desk.messagesOf(id)) desk.discord.channel.deleteMessage(message.id);
  await change();
  await desk.settle();
  expect(await desk.cardOf(id)).toMatchObject({ state: "gone" });
}

/** A ticket whose first post was given up: three of unknown outcome, `isDone` or not. */
async function uncertainTicket(isDone: boolean): Promise<ThreadId> {
  const id = await desk.mailArrives();
  desk.discord.faults.next({ kind: "reset", when: isDone ? "after" : "before" }, { times: 3 });
  await desk.settle();
  expect(await desk.cardOf(id)).toMatchObject({ state: "dead", uncertainPosts: 3 });
  return id;
}

/** How the ticket page says that the card stands. */
async function shownState(id: ThreadId): Promise<string | undefined> {
  const detail = await readTicket(id);
  return detail.ok ? detail.value.ticket.card?.state : undefined;
}

async function linesOf(id: ThreadId): Promise<unknown[]> {
  const { history = [] } = await storedThread(id);
  return history.filter(({ kind }) => kind === "card_requested").map(({ by }) => by?.name);
}

describe("a deleted card that somebody asks for", () => {
  test("is posted anew, once, with the ticket as it stands", async () => {
    const id = await goneTicket();
    expect(await ask(id)).toEqual(answered("requested"));
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1, dueAt: null });
    expect(await linesOf(id)).toEqual(["Priya Nair"]);
  });

  test("is pending for everybody from the press on", async () => {
    const id = await goneTicket();
    expect(await shownState(id)).toBe("gone");
    await ask(id);
    expect(await shownState(id)).toBe("pending");
    await desk.settle();
    expect(await shownState(id)).toBe("synced");
  });

  test("comes back as one card however many ask at once", async () => {
    const id = await goneTicket();
    const outcomes = await Promise.all(teamOf(12).map((who) => ask(id, who)));
    expect(outcomes.filter((outcome) => outcome.ok && outcome.value === "requested")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.ok && outcome.value === "pending")).toHaveLength(11);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await linesOf(id)).toHaveLength(1);
  });

  test("comes back once for a double click and a repeated call", async () => {
    const id = await goneTicket();
    const op = newOperation();
    expect(await Promise.all([ask(id, priya, op), ask(id, priya, op)])).toEqual([
      answered("requested"),
      answered("requested"),
    ]);
    await desk.settle();
    await deleteCard(id, () => setTicketStatus(id, "resolved", priya));
    expect(await ask(id, priya, op)).toEqual(answered("requested"));
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    expect(await linesOf(id)).toHaveLength(1);
  });

  test("stays deleted when it is deleted again, until somebody asks again", async () => {
    const id = await goneTicket();
    await ask(id);
    await desk.settle();
    await deleteCard(id, () => setTicketStatus(id, "resolved", priya));
    await setTicketStatus(id, "in_progress", priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    expect(await ask(id)).toEqual(answered("requested"));
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 2 });
  });

  test("is one card where the customer writes at the same time", async () => {
    const id = await goneTicket();
    desk.clock.advance(60_000);
    await Promise.all([ask(id), desk.customerWrites(id, "any news?")]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(desk.textOf(id)).toContain("any news?");
  });

  test("of a resolved ticket is posted after the webhook was exchanged as well", async () => {
    const id = await desk.mailArrives();
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    const other = await startDiscordStandIn({ clock: () => desk.clock.now().getTime() });
    desk.clock.advance(60_000);
    desk.exchangeWebhook(other);
    await desk.settle();
    expect(await shownState(id)).toBe("gone");
    await ask(id);
    await desk.settle();
    expect(other.messages().filter(({ content }) => content.includes(id))).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1 });
    await other.close();
  });
});

describe("a failed card that somebody asks for", () => {
  test.each([
    ["may stand there already", true, 4],
    ["never arrived", false, 1],
  ])("after posts in doubt is posted once more where it %s", async (_, isDone, messages) => {
    const id = await uncertainTicket(isDone);
    expect(await shownState(id)).toBe("failed");
    expect(await ask(id)).toEqual(answered("requested"));
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(messages);
    expect(await desk.cardOf(id)).toMatchObject({
      state: "live",
      uncertainPosts: 3,
      lastError: expect.stringContaining("twice"),
    });
  });

  test("has three posts in doubt again, and no more until somebody asks again", async () => {
    const id = await uncertainTicket(true);
    desk.discord.faults.next({ kind: "reset", when: "after" }, { times: 9 });
    await ask(id);
    await desk.settle();
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(6);
    expect(await desk.cardOf(id)).toMatchObject({ state: "dead", uncertainPosts: 6, dueAt: null });
    expect(await ask(id)).toEqual(answered("requested"));
    desk.discord.faults.clear();
    await desk.settle();
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 0 });
  });

  test("after a day without Discord is edited, and has a day again", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    await desk.discord.goAway();
    await claimTicket(id, priya);
    await desk.settle(30 * 3_600_000);
    expect(await shownState(id)).toBe("failed");
    await ask(id);
    await desk.work();
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", attempts: 1 });
    await desk.discord.comeBack();
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", attempts: 0, failingSince: null });
  });

  test("is posted anew at once where it turns out to be deleted", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    await desk.discord.goAway();
    await claimTicket(id, priya);
    await desk.settle(30 * 3_600_000);
    await desk.discord.comeBack();
    for (const message of desk.messagesOf(id)) desk.discord.channel.deleteMessage(message.id);
    await ask(id);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await linesOf(id)).toHaveLength(1);
  });

  test("that Discord refuses goes with the customer's text first", async () => {
    const id = await desk.mailArrives({ subject: "forbidden words" });
    desk.discord.faults.next({ kind: "error", status: 400, code: 200000 }, { times: 2 });
    await desk.settle();
    expect(await shownState(id)).toBe("failed");
    await ask(id);
    await desk.settle();
    expect(desk.textOf(id)).toContain("forbidden words");
  });
});

describe("asking for a card that needs nobody", () => {
  test("changes nothing where it is up to date", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    const before = await storedThread(id);
    expect(await ask(id)).toEqual(answered("synced"));
    expect(await storedThread(id)).toEqual(before);
    expect(desk.requests()).toEqual(["POST"]);
  });

  test("changes nothing where it is about to be posted", async () => {
    const id = await desk.mailArrives();
    const before = await storedThread(id);
    expect(await ask(id)).toEqual(answered("pending"));
    await desk.step();
    expect(await ask(id)).toEqual(answered("pending"));
    expect(await storedThread(id)).toMatchObject({ revision: before.revision });
  });

  test("posts one for a ticket that never had any", async () => {
    const { id } = await createLegacyThread();
    await desk.settle();
    expect(await ask(id)).toEqual(answered("requested"));
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });
});

describe("asking for a card that nobody can post", () => {
  test("is refused where cards are off", async () => {
    const id = await goneTicket();
    expect(await requestCard(id, priya, { config: null })).toEqual({
      ok: false,
      failure: { reason: "cards_off" },
    });
    expect(await linesOf(id)).toEqual([]);
  });

  test("is refused with what to do while the webhook is paused, and works after it", async () => {
    const id = await goneTicket();
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 401, code: 50027 });
    await desk.settle();
    const requests = desk.requests().length;
    expect(await ask(id)).toEqual({
      ok: false,
      failure: { reason: "cards_paused", detail: expect.stringContaining("DISCORD_WEBHOOK_URL") },
    });
    await desk.settle();
    expect(desk.requests()).toHaveLength(requests);
    expect(await linesOf(id)).toEqual([]);

    desk.discord.channel.webhook.token = "another-token";
    desk.clock.advance(60_000);
    desk.exchangeWebhook(desk.discord);
    expect(await ask(id)).toEqual({
      ok: false,
      failure: expect.objectContaining({ reason: "cards_paused" }),
    });
    await desk.settle();
    expect(await ask(id)).toEqual(answered("requested"));
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("a call whose answer was lost is answered as it would have been, though cards are off by now", async () => {
    const id = await goneTicket();
    const op = newOperation();
    await ask(id, priya, op);
    expect(await requestCard(id, priya, { op, config: null })).toEqual(answered("requested"));
  });

  test("waits out a block that passes by itself", async () => {
    const id = await goneTicket();
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "turned_away", as: "html" });
    await desk.work();
    const requests = desk.requests().length;
    expect(await ask(id)).toEqual(answered("requested"));
    await desk.work();
    expect(desk.requests()).toHaveLength(requests);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await Card.countDocuments({ state: "dead" })).toBe(0);
  });
});
