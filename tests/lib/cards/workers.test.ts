import mongoose from "mongoose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { member, storedThread } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(async () => {
  expect(desk.discord.violations()).toEqual([]);
  await desk.discord.close();
});

/** Several workers that go on until none of them finds anything. */
async function crowd(size: number): Promise<void> {
  await Promise.all(Array.from({ length: size }, () => desk.work()));
}

describe("several workers", () => {
  test("post one card for each ticket", async () => {
    const ids = [];
    for (let made = 0; made < 8; made += 1) ids.push(await desk.mailArrives());
    for (let round = 0; round < 6; round += 1) {
      await crowd(5);
      await desk.settle(3_000);
    }
    expect(ids.map((id) => desk.messagesOf(id).length)).toEqual(ids.map(() => 1));
    expect(desk.requests()).toHaveLength(8);
  });

  test("have no two requests under way to one webhook", async () => {
    const ids = [await desk.mailArrives(), await desk.mailArrives()];
    desk.losePatience();
    desk.discord.faults.next({ kind: "hang", when: "before" });
    const first = desk.work();
    await expect.poll(() => desk.requests().length).toBe(1);
    await crowd(3);
    expect(desk.requests()).toHaveLength(1);
    await first;
    await desk.settle();
    expect(ids.every((id) => desk.messagesOf(id).length === 1)).toBe(true);
  });
});

describe("a worker that died", () => {
  const leased = { leaseId: "of the dead", leaseUntil: new Date(0) };

  test("before it posted leaves the card to the next one, once its lease is over", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    const leaseUntil = new Date(desk.clock.now().getTime() + 50_000);
    await Card.updateOne({ threadId: id }, { $set: { ...leased, leaseUntil } });
    await desk.settle(49_000);
    expect(desk.requests()).toEqual([]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ uncertainPosts: 0, leaseId: null });
  });

  test("while it posted leaves a post in doubt, which is counted", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    await Card.updateOne(
      { threadId: id },
      { $set: { ...leased, state: "posting", postStartedAt: desk.clock.now() } },
    );
    await desk.settle();
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", uncertainPosts: 1 });
  });

  test("while it held the webhook keeps the others waiting for half a minute at most", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    const leaseUntil = new Date(desk.clock.now().getTime() + 30_000);
    await Destination.updateOne(
      { _id: `discord:${desk.discord.webhook.id}` },
      { $set: { leaseId: "of the dead", leaseUntil } },
    );
    await desk.settle(29_000);
    expect(desk.requests()).toEqual([]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });
});

describe("a worker whose lease passed to another", () => {
  test("records nothing over the other's result", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    await claimTicket(id, priya);
    await desk.work();
    desk.clock.advance(1_000);
    desk.discord.faults.next({ kind: "delay", ms: 150 });
    const slow = desk.step();
    await expect.poll(() => desk.requests().length).toBe(2);
    await Card.updateOne({ threadId: id }, { $set: { leaseId: "another worker's" } });
    await slow;
    expect(await desk.cardOf(id)).toMatchObject({ leaseId: "another worker's", syncedRevision: 1 });
  });
});

describe("a ticket that changes while it is handed over to its card", () => {
  test("keeps its mark, so that the change is not lost", async () => {
    const id = await desk.mailArrives();
    await desk.settle();
    await claimTicket(id, priya);
    const session = await mongoose.startSession();
    session.startTransaction();
    await Card.updateOne({ threadId: id }, { $set: { channelId: "held" } }, { session });
    const handingOver = desk.step();
    await expect.poll(() => updatesUnderWay("cards")).toBe(1);
    await unclaimTicket(id, priya);
    await session.commitTransaction();
    await session.endSession();
    await handingOver;
    expect((await storedThread(id)).cardsDueAt).toBeInstanceOf(Date);
    await desk.settle();
    expect(desk.textOf(id)).not.toContain("Claimed by");
  });
});

/** Updates that the server is at work on, or that wait there for another's transaction. */
async function updatesUnderWay(collection: string): Promise<number> {
  const ns = `${mongoose.connection.db?.databaseName}.${collection}`;
  const { inprog } = (await mongoose.connection.db?.admin().command({ currentOp: 1, ns, op: "update" })) as {
    inprog: unknown[];
  }; // the shape that MongoDB documents
  return inprog.length;
}
