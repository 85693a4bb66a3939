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

async function createCards(
  state: StoredCard["state"],
  isDue: (index: number) => boolean,
  fields: Partial<StoredCard> = {},
): Promise<void> {
  await Card.insertMany(
    Array.from({ length: 500 }, (_, index) => ({
      _id: `${state}:${index}`,
      threadId: new Types.ObjectId(),
      destinationId: destinationId(desk.discord.webhook.id),
      gen: 0,
      state,
      dueAt: isDue(index) ? desk.clock.now() : null,
      ...fields,
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

test("moving a card reads a few of the channel's cards, not all", async () => {
  const id = await desk.postedTicket();
  await desk.teamSees(id);
  await desk.settle();
  desk.clock.advance(20 * 60_000);
  const now = desk.clock.now();
  await createCards("live", () => false, { messageId: "1", postedAt: now });
  await createCards("moved", () => false, { postedAt: new Date(0), movedAt: new Date(0) });
  await desk.customerWrites(id, "again");
  await desk.work();
  desk.clock.advance(1_000);
  const operations = await profiled(Card, () => desk.work());
  expect(desk.messagesOf(id)).toHaveLength(1);
  expect(await desk.cardOf(id)).toMatchObject({ gen: 1 });
  const reads = operations.filter(({ op }) => op !== "insert");
  for (const { docsExamined } of reads) expect(docsExamined).toBeLessThanOrEqual(5);
});
