import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { destinationStatus } from "@/lib/cards/status";
import { requestErasure } from "@/lib/privacy/erasure";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { Card, type StoredCard } from "@/models/CardModel";
import type { Fault, Method } from "@/scripts/stand-ins/discord/faults";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { askForCard, shownState } from "@/tests/support/cards/card-requests";
import { CardDesk } from "@/tests/support/cards/cards";
import { admin, member } from "@/tests/support/factories/threads";
import { customerOf, eraseAll } from "@/tests/support/privacy/customers";

let desk: CardDesk;
const priya = member("Priya Nair");
const OUT_OF_SIGHT_MS = 61 * 60_000;
const ADDRESS = "ann@customers.example";

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

/** A ticket that the team has seen, and whose card is out of sight. */
async function quietTicket(): Promise<ThreadId> {
  const id = await desk.postedTicket({ from: ADDRESS });
  await desk.teamSees(id);
  await desk.settle();
  desk.clock.advance(OUT_OF_SIGHT_MS);
  return id;
}

async function movedTicket(): Promise<ThreadId> {
  const id = await quietTicket();
  await desk.customerWrites(id, "again");
  await desk.settle();
  return id;
}

const lineOf = (id: ThreadId) => `\\#${id.slice(-6)} · moved to the end of the channel`;
const contents = () => desk.discord.messages().map(({ content }) => content);

async function cardsOf(id: ThreadId): Promise<StoredCard[]> {
  return Card.find({ threadId: id }).sort({ gen: 1 }).lean<StoredCard[]>();
}

/** The ticket has one card, which is true, and only lines stand in the places where it was. */
async function expectOneCard(id: ThreadId): Promise<void> {
  const cards = await cardsOf(id);
  expect(cards.map(({ state }) => state)).toEqual([...cards.slice(1).map(() => "moved"), "live"]);
  for (const card of cards) expect(card).toMatchObject({ dueAt: null, leaseId: null });
  const messages = desk.discord.messages();
  const shown = cards.map(({ messageId }) => messages.find((message) => message.id === messageId)?.content);
  expect(shown).toEqual([...cards.slice(1).map(() => lineOf(id)), await desk.expectedText(id)]);
  expect(await shownState(id)).toBe("synced");
}

describe("while a card moves", () => {
  const faults: [string, Method, Fault, number][] = [
    ["a page of 500 before the post", "POST", { kind: "status", status: 500, when: "before" }, 2],
    ["a page of 500 after the post", "POST", { kind: "status", status: 500, when: "after" }, 3],
    ["a reset after the post", "POST", { kind: "reset", when: "after" }, 3],
    ["a post 20 s late", "POST", { kind: "lands_late", afterMs: 20_000 }, 3],
    [
      "a wait of 40 s before the post",
      "POST",
      { kind: "rate_limited", retryAfterSeconds: 40, scope: "shared" },
      2,
    ],
    ["a refusal of the text", "POST", { kind: "error", status: 400, code: 200000 }, 2],
    ["a page of 502 before the line", "PATCH", { kind: "status", status: 502, when: "before" }, 2],
    ["a line 2 minutes late", "PATCH", { kind: "lands_late", afterMs: 120_000 }, 2],
    [
      "a wait before edits of old messages",
      "PATCH",
      { kind: "rate_limited", retryAfterSeconds: 9, scope: "shared", code: 30046 },
      2,
    ],
    ["a 404 without a reason for the line", "PATCH", { kind: "error", status: 404 }, 2],
  ];
  test.each(faults)("%s leaves one true card and a line", async (_, method, fault, messages) => {
    const id = await quietTicket();
    desk.discord.faults.next(fault, { method });
    await desk.customerWrites(id, "again");
    await desk.settle();
    desk.landLateEdits();
    expect(desk.discord.messages()).toHaveLength(messages);
    await expectOneCard(id);
  });

  test("the old card stands until Discord has confirmed the new one", async () => {
    const id = await quietTicket();
    desk.discord.faults.next({ kind: "reset", when: "before" }, { method: "POST" });
    await desk.customerWrites(id, "again");
    await desk.settle(20_000);
    expect(contents()).toEqual([expect.stringContaining(id)]);
    await desk.settle();
    await expectOneCard(id);
  });

  test("a refused line is given up without counting as a failed card", async () => {
    const id = await quietTicket();
    desk.discord.faults.next({ kind: "error", status: 400, code: 50035 }, { method: "PATCH", times: 9 });
    await desk.customerWrites(id, "again");
    await desk.settle();
    expect((await cardsOf(id)).map(({ state, dueAt }) => [state, dueAt])).toEqual([
      ["moved", null],
      ["live", null],
    ]);
    expect(await destinationStatus(desk.clock.now(), desk.config)).toMatchObject({ failedCards: 0 });
  });

  test("an earlier edit that lands on the line is noticed", async () => {
    const id = await quietTicket();
    await claimTicket(id, priya);
    desk.discord.faults.next({ kind: "lands_late", afterMs: 20_000 }, { method: "PATCH" });
    await desk.settle(2_000);
    await desk.customerWrites(id, "again");
    await desk.settle();
    desk.landLateEdits();
    expect(desk.discord.messages()).toHaveLength(2);
    await expectOneCard(id);
  });
});

describe("a worker that dies while it moves a card", () => {
  /** The row as it is between the decision and the next card. */
  async function decideAlone(id: ThreadId): Promise<void> {
    const now = desk.clock.now();
    await Card.updateOne(
      { threadId: id },
      { $set: { state: "moved", movedAt: now, syncedHash: null, dueAt: now } },
    );
  }

  test("right after it decided to leaves the next card to another worker", async () => {
    const id = await quietTicket();
    await desk.customerWrites(id, "again");
    await desk.work();
    await decideAlone(id);
    await desk.settle();
    await expectOneCard(id);
  });

  test("leaves the ticket one card if the ticket changes before another worker comes", async () => {
    const id = await quietTicket();
    await decideAlone(id);
    await claimTicket(id, priya);
    await askForCard(desk, id);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    await expectOneCard(id);
  });

  test("after it posted leaves a line once the post is repeated", async () => {
    const id = await quietTicket();
    await desk.customerWrites(id, "again");
    while ((await cardsOf(id)).length === 1) if (!(await desk.step()).worked) desk.clock.advance(1_000);
    const dueAt = new Date(desk.clock.now().getTime() + 60_000);
    await Card.updateOne(
      { threadId: id, gen: 1 },
      { $set: { state: "posting", postStartedAt: desk.clock.now(), leaseId: "of a dead worker", dueAt } },
    );
    await desk.settle();
    expect(await desk.cardOf(id)).toMatchObject({ uncertainPosts: 1 });
    await expectOneCard(id);
  });
});

describe("several workers", () => {
  test("move a card once", async () => {
    const ids: ThreadId[] = [];
    for (let made = 0; made < 4; made += 1) ids.push(await quietTicket());
    for (const id of ids) await desk.customerWrites(id, "again");
    for (let round = 0; round < 8; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => desk.work()));
      desk.clock.advance(2_000);
    }
    await desk.settle();
    expect(desk.discord.messages()).toHaveLength(8);
    for (const id of ids) await expectOneCard(id);
  });

  test("move nothing after they lost the card to another", async () => {
    const id = await quietTicket();
    await desk.replyFails(id, "failed", "blocked");
    await desk.work();
    desk.clock.advance(1_000);
    const { faults } = desk.discord;
    faults.next({ kind: "held" }, { method: "GET" });
    const isHeld = faults.held();
    const slow = desk.step();
    await isHeld;
    await Card.updateOne({ threadId: id }, { $set: { leaseId: "another worker's" } });
    faults.letGo();
    await slow;
    expect((await cardsOf(id)).map(({ state }) => state)).toEqual(["live"]);
  });
});

test("an edit of a worker that overslept, on top of the line, is put right", async () => {
  const id = await quietTicket();
  await claimTicket(id, priya);
  await desk.work();
  desk.clock.advance(1_000);
  const { faults } = desk.discord;
  faults.next({ kind: "frozen" });
  const isHeld = faults.held();
  const sleeper = desk.step();
  await isHeld;
  await desk.customerWrites(id, "again");
  desk.clock.advance(65_000);
  await desk.settle();
  await expectOneCard(id);
  faults.letGo();
  await sleeper;
  expect(contents()[0]).not.toBe(lineOf(id));
  await desk.settle();
  await expectOneCard(id);
});

describe("a replaced webhook", () => {
  let other: DiscordStandIn;
  beforeEach(async () => {
    other = await startDiscordStandIn({ clock: () => desk.clock.now().getTime() });
  });
  afterEach(() => other.close());

  async function changeTo(config: CardDesk["config"] | DiscordStandIn): Promise<void> {
    desk.clock.advance(60_000);
    if ("webhook" in config && "url" in config) desk.replaceWebhook(config);
    else desk.config = { ...config, readAt: () => desk.clock.now() };
    await desk.settle();
  }

  test("that comes back edits the moved card, and leaves the line in its old place", async () => {
    const id = await movedTicket();
    const first = desk.config;
    await changeTo(other);
    expect(other.messages()).toHaveLength(1);
    await claimTicket(id, priya);
    await changeTo(first);
    expect(contents()).toEqual([lineOf(id), await desk.expectedText(id)]);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 3 });
  });

  test("that comes back makes no card of a line if the moved card was deleted", async () => {
    const id = await movedTicket();
    desk.deleteMessages(id);
    await claimTicket(id, priya);
    await desk.settle();
    const first = desk.config;
    await changeTo(other);
    await changeTo(first);
    await claimTicket(id, priya);
    await desk.customerWrites(id, "and again");
    await desk.settle();
    expect(contents()).toEqual([lineOf(id), await desk.expectedText(id)]);
  });

  test("gets the card of a ticket whose old card was about to move", async () => {
    const id = await quietTicket();
    await Card.updateOne({ threadId: id }, { $set: { state: "moved", dueAt: desk.clock.now() } });
    await changeTo(other);
    expect(other.messages()).toMatchObject([{ content: await desk.expectedText(id) }]);
    expect(await Card.countDocuments({ threadId: id, state: "live" })).toBe(1);
  });
});

test("an erased ticket shows nothing of its customer, neither on its card nor where that was", async () => {
  const id = await movedTicket();
  await setTicketStatus(id, "resolved", priya);
  await requestErasure(customerOf(ADDRESS), admin());
  await eraseAll(new Date(Date.now() + 1_000));
  await desk.settle();
  expect(contents()[0]).toBe(lineOf(id));
  expect(desk.textOf(id)).not.toMatch(/again|ann@/);
});
