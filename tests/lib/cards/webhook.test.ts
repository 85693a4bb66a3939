import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { CardDesk } from "@/tests/support/cards/cards";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
let other: DiscordStandIn;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
  other = await startDiscordStandIn({ clock: () => desk.clock.now().getTime() });
});
afterEach(async () => {
  await other.close();
  await desk.close();
  expect(other.violations()).toEqual([]);
});

const messagesInOther = (id: ThreadId) => other.messages().filter(({ content }) => content.includes(id));

describe("a card that somebody deleted", () => {
  test("stays deleted while only the team changes the ticket", async () => {
    const id = await desk.postedTicket();
    desk.deleteMessages(id);
    await claimTicket(id, priya);
    await desk.settle();
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    expect(desk.requests()).toEqual(["POST", "PATCH"]);
    expect(await desk.cardOf(id)).toMatchObject({ state: "gone", gen: 0, dueAt: null });
  });

  test("comes back up to date when the customer writes again", async () => {
    const id = await desk.postedTicket();
    desk.deleteMessages(id);
    await claimTicket(id, priya);
    await desk.settle();
    desk.clock.advance(60_000);
    await desk.customerWrites(id, "any news?");
    await desk.settle();
    expect(desk.textOf(id)).toMatch(/Claimed by[^]*any news\?/);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1 });
  });

  test("comes back even if the customer writes the same text again", async () => {
    const id = await desk.postedTicket({ excerpt: "Hello?" });
    desk.deleteMessages(id);
    desk.clock.advance(60_000);
    await desk.customerWrites(id, "Hello?");
    await desk.settle();
    expect(desk.textOf(id)).toContain("Hello?");
  });
});

describe("another webhook", () => {
  async function changeTo(discord: DiscordStandIn): Promise<void> {
    desk.clock.advance(60_000);
    desk.replaceWebhook(discord);
    await desk.settle();
  }

  test("gets the cards of open tickets, and none of resolved ones", async () => {
    const [open, resolved] = [await desk.postedTicket(), await desk.postedTicket()];
    await setTicketStatus(resolved, "resolved", priya);
    await desk.settle();
    await changeTo(other);
    expect([open, resolved].map((id) => messagesInOther(id).length)).toEqual([1, 0]);
    expect(await desk.cardOf(open)).toMatchObject({ state: "live", gen: 1 });
    expect(await desk.cardOf(resolved)).toMatchObject({ state: "gone" });
  });

  test("takes over no cards while Discord does not know it", async () => {
    const id = await desk.postedTicket();
    const before = desk.config;
    other.channel.deleteWebhook();
    await changeTo(other);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 0 });
    desk.config = { ...before, readAt: () => desk.clock.now() };
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("that was used before edits its own messages again", async () => {
    const id = await desk.postedTicket();
    const first = desk.config;
    await changeTo(other);
    await claimTicket(id, priya);
    await desk.settle();
    desk.clock.advance(60_000);
    desk.config = { ...first, readAt: () => desk.clock.now() };
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(desk.textOf(id)).toContain("Claimed by");
  });

  test("stops a process that still has the old one from sending", async () => {
    const id = await desk.postedTicket();
    const old = desk.config;
    await changeTo(other);
    await claimTicket(id, priya);
    desk.config = old;
    expect(await desk.step()).toEqual({ worked: false });
    expect(desk.requests()).toEqual(["POST"]);
  });
});
