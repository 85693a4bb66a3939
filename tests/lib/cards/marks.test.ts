import { Types } from "mongoose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cardStep } from "@/lib/cards/converge";
import { trusted } from "@/lib/store/db";
import { Card } from "@/models/CardModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { profiled } from "@/tests/support/database/profiled";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";
import { claimTicket } from "@/lib/tickets/claim";

let desk: CardDesk;
const DAY_MS = 24 * 3_600_000;

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

/** Tickets that changed while no webhook was set. */
async function oldMarks(count: number): Promise<void> {
  const now = Date.now();
  const threads = Array.from({ length: count }, (_, index) => ({
    _id: new Types.ObjectId(),
    status: "open" as const,
    subject: `Ticket ${index}`,
    revision: 1,
    cardsDueAt: new Date(now - 2 * DAY_MS - index * 1_000),
  }));
  await EmailThread.collection.insertMany(threads);
}

describe("once a webhook is set", () => {
  test("the card of a new ticket comes before thousands of old changes", async () => {
    await oldMarks(4_000);
    const id = await desk.mailArrives();
    for (let step = 0; step < 3; step += 1) await desk.step();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });

  test("old changes are dropped hundreds at a time, and make no cards", async () => {
    await oldMarks(4_000);
    let steps = 0;
    const operations = await profiled(EmailThread, async () => {
      while ((await desk.step()).worked) steps += 1;
    });
    expect(steps).toBeLessThan(20);
    expect(operations.length).toBeLessThan(80);
    expect(await EmailThread.countDocuments({ cardsDueAt: trusted({ $exists: true }) })).toBe(0);
    expect(await Card.countDocuments()).toBe(0);
  });

  test("a ticket among them that has a card gets it updated", async () => {
    const id = await desk.postedTicket();
    await claimTicket(id, member("Priya Nair"));
    await EmailThread.updateOne({ _id: id }, { $set: { cardsDueAt: new Date(Date.now() - 3 * DAY_MS) } });
    await oldMarks(1_000);
    await desk.settle();
    expect(desk.textOf(id)).toContain("Claimed by");
    expect(await storedThread(id)).not.toHaveProperty("cardsDueAt");
  });
});

test("a change of today is news, even if a worker died over an older change", async () => {
  const old = new Date(Date.now() - 3 * DAY_MS);
  const { id } = await createThread({
    cardsDueAt: old,
    cardsDueSince: old,
    cardsLeaseId: "of a dead worker",
  });
  await claimTicket(id, member("Priya Nair"));
  await desk.settle();
  expect(desk.textOf(id)).toContain("Claimed by");
});

test("the cards of eight new tickets are made with one insert", async () => {
  await desk.settle();
  for (let made = 0; made < 8; made += 1) await createThread({ cardsDueAt: new Date() });
  const operations = await profiled(Card, () => desk.step());
  expect(operations.filter(({ op }) => op === "insert")).toHaveLength(1);
  expect(await Card.countDocuments()).toBe(8);
});

test("eight changed tickets are looked up together", async () => {
  await desk.settle();
  for (let made = 0; made < 8; made += 1) await createThread({ cardsDueAt: new Date() });
  const lookups = (await profiled(EmailThread, () => desk.step())).filter(({ op }) => op === "query");
  expect(lookups.length).toBeLessThanOrEqual(3);
  expect(await Card.countDocuments()).toBe(8);
  expect(await EmailThread.countDocuments({ cardsDueAt: trusted({ $exists: true }) })).toBe(0);
});

test("while no webhook is set, changes cost the follower no query", async () => {
  await oldMarks(10);
  const operations = await profiled(EmailThread, () => cardStep(undefined, null));
  expect(operations).toEqual([]);
});
