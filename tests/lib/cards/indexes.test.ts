import { Types } from "mongoose";
import { afterEach, beforeEach, expect, test } from "vitest";
import { destinationId } from "@/lib/cards/destination";
import { startDiscordStandIn } from "@/scripts/stand-ins/discord/server";
import { Card, type StoredCard } from "@/models/CardModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { profiled } from "@/tests/support/database/profiled";

let desk: CardDesk;

beforeEach(async () => {
  desk = await CardDesk.start();
  await desk.settle();
});
afterEach(() => desk.close());

async function createCards(state: StoredCard["state"], isDue: (index: number) => boolean): Promise<void> {
  await Card.insertMany(
    Array.from({ length: 500 }, (_, index) => ({
      _id: `card:${index}`,
      threadId: new Types.ObjectId(),
      destinationId: destinationId(desk.discord.webhook.id),
      gen: 0,
      state,
      dueAt: isDue(index) ? desk.clock.now() : null,
    })),
  );
}

test("a step reads the due cards, not all cards", async () => {
  await createCards("live", (index) => index < 5);
  const operations = await profiled(Card, () => desk.step());
  expect(operations.length).toBeGreaterThan(0);
  for (const { docsExamined } of operations) expect(docsExamined).toBeLessThanOrEqual(5);
});

test("a step of a new webhook reads no card that is gone already", async () => {
  await createCards("gone", () => false);
  const other = await startDiscordStandIn();
  desk.clock.advance(60_000);
  desk.replaceWebhook(other);
  const operations = await profiled(Card, () => desk.step());
  await other.close();
  expect(operations.length).toBeGreaterThan(0);
  for (const { docsExamined } of operations) expect(docsExamined).toBe(0);
});
