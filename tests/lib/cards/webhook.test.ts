import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { destinationStatus } from "@/lib/cards/status";
import { claimTicket } from "@/lib/tickets/claim";
import type { ThreadId } from "@/lib/api/contracts";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { CardDesk } from "@/tests/support/cards/cards";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { member } from "@/tests/support/factories/threads";

let desk: CardDesk;
let other: DiscordStandIn;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
  other = await startDiscordStandIn({ clock: () => desk.clock.now().getTime() });
});
afterEach(async () => {
  expect([...desk.discord.violations(), ...other.violations()]).toEqual([]);
  await Promise.all([desk.discord.close(), other.close()]);
});

const in2nd = (id: ThreadId) => other.messages().filter(({ content }) => content.includes(id));

describe("a card that somebody deleted", () => {
  test("stays deleted while only the team changes the ticket", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    desk.discord.channel.deleteMessage(desk.messagesOf(id)[0]?.id ?? "");
    await claimTicket(id, priya);
    await desk.settle();
    await setTicketStatus(id, "resolved", priya);
    await desk.settle();
    expect(desk.messagesOf(id)).toEqual([]);
    expect(desk.requests()).toEqual(["POST", "PATCH"]);
    expect(await desk.cardOf(id)).toMatchObject({ state: "gone", gen: 0, dueAt: null });
  });

  test("comes back when the customer writes again, with the ticket as it stands", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    desk.discord.channel.deleteMessage(desk.messagesOf(id)[0]?.id ?? "");
    await claimTicket(id, priya);
    await desk.settle();
    desk.clock.advance(60_000);
    await desk.customerWrites(id, "any news?");
    await desk.settle();
    expect(desk.textOf(id)).toMatch(/Claimed by[^]*any news\?/);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 1 });
  });

  test("comes back with the very mail that found it deleted, even where the text is the same", async () => {
    const id = await desk.mailArrives({ excerpt: "Hello?" });
    await desk.settle();
    desk.discord.channel.deleteMessage(desk.messagesOf(id)[0]?.id ?? "");
    desk.clock.advance(60_000);
    await desk.customerWrites(id, "Hello?");
    await desk.settle();
    expect(desk.textOf(id)).toContain("Hello?");
  });
});

describe("a webhook that Discord no longer takes", () => {
  test("gets one request, then none, and the banner says why", async () => {
    const ids = [await desk.mailArrives(), await desk.mailArrives()];
    desk.discord.channel.deleteWebhook();
    await desk.settle();
    for (const id of ids) await claimTicket(id, priya);
    await desk.settle();
    expect(desk.requests()).toEqual(["POST"]);
    expect(await destinationStatus(desk.clock.now(), desk.config)).toMatchObject({
      state: "paused",
      reason: "unknown_webhook",
      message: expect.stringContaining("DISCORD_WEBHOOK_URL"),
    });
  });

  test.each([
    [401, 50027, "invalid_token"],
    [403, 50013, "forbidden"],
    [404, 10003, "unknown_channel"],
    [400, 220001, "forum_channel"],
  ])("is paused after %d with code %d", async (status, code, reason) => {
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status, code });
    await desk.settle();
    expect(desk.requests()).toHaveLength(1);
    expect(await destinationStatus(desk.clock.now(), desk.config)).toMatchObject({ state: "paused", reason });
  });

  test("is paused after the third 404 that does not say of what", async () => {
    await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 404 }, { times: 10 });
    await desk.settle();
    expect(desk.requests()).toHaveLength(3);
    expect(await destinationStatus(desk.clock.now(), desk.config)).toMatchObject({ state: "paused" });
  });

  test("is used again once its token was exchanged, and what waited is shown", async () => {
    const id = await desk.mailArrives();
    desk.discord.faults.next({ kind: "error", status: 401, code: 50027 });
    await desk.settle();
    desk.discord.channel.webhook.token = "another-token";
    desk.clock.advance(60_000);
    desk.exchangeWebhook(desk.discord);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });
});

describe("another webhook", () => {
  async function exchange(discord: DiscordStandIn): Promise<void> {
    desk.clock.advance(60_000);
    desk.exchangeWebhook(discord);
    await desk.settle();
  }

  test("gets the cards of open tickets, and none of resolved ones", async () => {
    const [open, resolved] = [await desk.mailArrives(), await desk.mailArrives()];
    await desk.settle();
    await setTicketStatus(resolved, "resolved", priya);
    await desk.settle();
    await exchange(other);
    expect([in2nd(open).length, in2nd(resolved).length]).toEqual([1, 0]);
    expect(await desk.cardOf(open)).toMatchObject({ state: "live", gen: 1 });
    expect(await desk.cardOf(resolved)).toMatchObject({ state: "gone" });
  });

  test("takes nothing over while Discord does not know it", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    const before = desk.config;
    other.channel.deleteWebhook();
    await exchange(other);
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", gen: 0 });
    desk.config = { ...before, readAt: desk.clock.now() };
    await claimTicket(id, priya);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("that was used before finds its own messages again", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    const first = desk.config;
    await exchange(other);
    await claimTicket(id, priya);
    await desk.settle();
    desk.clock.advance(60_000);
    desk.config = { ...first, readAt: desk.clock.now() };
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(desk.textOf(id)).toContain("Claimed by");
  });

  test("silences the process that still has the old one", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    const old = desk.config;
    await exchange(other);
    await claimTicket(id, priya);
    desk.config = old;
    expect(await desk.step()).toEqual({ worked: false });
    expect(desk.requests()).toEqual(["POST"]);
  });
});
