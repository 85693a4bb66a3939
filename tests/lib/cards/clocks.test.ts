import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cardStep } from "@/lib/cards/converge";
import type { CardsConfig } from "@/lib/cards/config";
import { readClock } from "@/lib/store/clock";
import { claimTicket } from "@/lib/tickets/claim";
import { Card, type StoredCard } from "@/models/CardModel";
import { Destination, type StoredDestination } from "@/models/DestinationModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { startDiscordStandIn, type DiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { createThread, member } from "@/tests/support/factories/threads";

// Workers on machines whose clocks are hours wrong. Discord and the database keep the right time.

const HOUR_MS = 3_600_000;
let discord: DiscordStandIn;
let config: CardsConfig;

beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), Card.deleteMany({}), Destination.deleteMany({})]);
  discord = await startDiscordStandIn({ clock: () => performance.timeOrigin + performance.now() });
  const webhook = { id: discord.webhook.id, token: discord.webhook.token };
  config = { webhook, apiUrl: discord.url, appUrl: "https://desk.example", readAt: (now) => now };
});
afterEach(async () => {
  vi.useRealTimers();
  expect(discord.violations()).toEqual([]);
  await discord.close();
});

/** One step of a worker whose clock is `skewMs` ahead. */
async function stepAhead(skewMs: number): Promise<{ worked: boolean }> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + skewMs });
  try {
    return await cardStep("$$NOW", config);
  } finally {
    vi.useRealTimers();
  }
}

async function newTicket() {
  return createThread({ cardsDueAt: await readClock("$$NOW"), lastInboundAt: new Date() });
}

/** Milliseconds from now until `date`, by the database's clock. */
async function fromNow(date: Date | null | undefined): Promise<number> {
  return (date?.getTime() ?? NaN) - (await readClock("$$NOW")).getTime();
}

describe.each([5 * HOUR_MS, -5 * HOUR_MS])("a worker whose clock is %d ms ahead", (skewMs) => {
  test("posts a card at once and edits it after the usual pause", async () => {
    const thread = await newTicket();
    while ((await stepAhead(skewMs)).worked);
    expect(discord.messages()).toHaveLength(1);
    await claimTicket(thread.id, member("Priya Nair"));
    await stepAhead(skewMs);
    const card = await Card.findOne({ threadId: thread._id }).orFail().lean<StoredCard>();
    expect(await fromNow(card.dueAt)).toBeLessThanOrEqual(750);
    await expect
      .poll(async () => (await stepAhead(skewMs), discord.messages()[0]?.content), { timeout: 10_000 })
      .toContain("Claimed by");
  });

  test("waits as long as Discord says, and so does every other worker", async () => {
    await newTicket();
    discord.faults.next({ kind: "rate_limited", retryAfterSeconds: 20, scope: "shared" });
    while ((await stepAhead(skewMs)).worked);
    const own = await Destination.findOne({ _id: `discord:${config.webhook.id}` })
      .orFail()
      .lean<StoredDestination>();
    const waitMs = await fromNow(own.blockedUntil);
    expect(waitMs).toBeGreaterThan(15_000);
    expect(waitMs).toBeLessThan(21_000);
    for (const other of [skewMs, 0, -skewMs]) await stepAhead(other);
    expect(discord.requests()).toHaveLength(1);
  });

  test("has its lease for a minute, and nobody else takes the card meanwhile", async () => {
    await newTicket();
    await stepAhead(skewMs);
    discord.faults.next({ kind: "held" });
    const isHeld = discord.faults.held();
    const slow = stepAhead(skewMs);
    await isHeld;
    const card = await Card.findOne().orFail().lean<StoredCard>();
    const leasedMs = await fromNow(card.dueAt);
    expect(leasedMs).toBeGreaterThan(50_000);
    expect(leasedMs).toBeLessThanOrEqual(60_000);
    for (const other of [0, -skewMs]) await stepAhead(other);
    expect(discord.requests()).toHaveLength(1);
    discord.faults.letGo();
    await slow;
  });

  test("counts as the later one of two webhooks only if it started later", async () => {
    const later = { ...config, readAt: (now: Date) => now };
    const earlier = {
      ...config,
      webhook: { ...config.webhook, id: "1" },
      readAt: (now: Date) => new Date(now.getTime() - 1_000),
    };
    config = later;
    await stepAhead(0);
    config = earlier;
    await stepAhead(skewMs);
    const all = await Destination.findById("discord").orFail().lean<StoredDestination>();
    expect(all.webhookId).toBe(later.webhook.id);
  });
});
