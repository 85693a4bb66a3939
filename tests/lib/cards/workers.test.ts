import mongoose from "mongoose";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { Card } from "@/models/CardModel";
import { Destination } from "@/models/DestinationModel";
import { CardDesk } from "@/tests/support/cards/cards";
import { untilWriteWaits } from "@/tests/support/database/waiting-write";
import { member, storedThread } from "@/tests/support/factories/threads";

let desk: CardDesk;
const priya = member("Priya Nair");

beforeEach(async () => {
  desk = await CardDesk.start();
});
afterEach(() => desk.close());

/** Runs several workers until nothing is due. */
async function runWorkers(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => desk.work()));
}

describe("several workers", () => {
  test("post one card for each ticket", async () => {
    const ids = [];
    for (let made = 0; made < 8; made += 1) ids.push(await desk.mailArrives());
    for (let round = 0; round < 6; round += 1) {
      await runWorkers(5);
      await desk.settle(3_000);
    }
    expect(ids.map((id) => desk.messagesOf(id).length)).toEqual(ids.map(() => 1));
    expect(desk.requests()).toHaveLength(8);
  });

  test("send one request at a time to a webhook", async () => {
    const ids = [await desk.mailArrives(), await desk.mailArrives()];
    const { faults } = desk.discord;
    faults.next({ kind: "held" });
    const isHeld = faults.held();
    const first = desk.work();
    await isHeld;
    await runWorkers(3);
    expect(desk.requests()).toHaveLength(1);
    faults.letGo();
    await first;
    await desk.settle();
    expect(ids.every((id) => desk.messagesOf(id).length === 1)).toBe(true);
  });
});

describe("a worker that died", () => {
  const leased = { leaseId: "of a dead worker", leaseUntil: new Date(0) };

  test("before it posted leaves the card to another worker once its lease is over", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    const dueAt = new Date(desk.clock.now().getTime() + 50_000);
    await Card.updateOne({ threadId: id }, { $set: { leaseId: "of a dead worker", dueAt } });
    await desk.settle(49_000);
    expect(desk.requests()).toEqual([]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
    expect(await desk.cardOf(id)).toMatchObject({ uncertainPosts: 0, leaseId: null });
  });

  test("while it posted leaves a post of unknown outcome, which is counted", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    await Card.updateOne(
      { threadId: id },
      {
        $set: {
          leaseId: "of a dead worker",
          dueAt: desk.clock.now(),
          state: "posting",
          postStartedAt: desk.clock.now(),
        },
      },
    );
    await desk.settle();
    expect(await desk.cardOf(id)).toMatchObject({ state: "live", uncertainPosts: 1 });
  });

  test("with the lease of the webhook keeps the others waiting for half a minute at most", async () => {
    const id = await desk.mailArrives();
    await desk.step();
    const leaseUntil = new Date(desk.clock.now().getTime() + 30_000);
    await Destination.updateOne(
      { _id: `discord:${desk.discord.webhook.id}` },
      { $set: { ...leased, leaseUntil } },
    );
    await desk.settle(29_000);
    expect(desk.requests()).toEqual([]);
    await desk.settle();
    expect(desk.messagesOf(id)).toHaveLength(1);
  });
});

describe("a worker whose lease passed to another", () => {
  test("does not overwrite the other's result", async () => {
    const id = await desk.postedTicket();
    await claimTicket(id, priya);
    await desk.work();
    desk.clock.advance(1_000);
    const { faults } = desk.discord;
    faults.next({ kind: "held" });
    const isHeld = faults.held();
    const slow = desk.step();
    await isHeld;
    await Card.updateOne({ threadId: id }, { $set: { leaseId: "another worker's" } });
    faults.letGo();
    await slow;
    expect(await desk.cardOf(id)).toMatchObject({ leaseId: "another worker's", syncedRevision: 1 });
  });
});

describe("a ticket that changes while its card is marked as due", () => {
  test("stays marked itself, so the change is not lost", async () => {
    const id = await desk.postedTicket();
    await claimTicket(id, priya);
    const session = await mongoose.startSession();
    session.startTransaction();
    await Card.updateOne({ threadId: id }, { $set: { channelId: "held" } }, { session });
    const marking = desk.step();
    await untilWriteWaits(Card);
    await unclaimTicket(id, priya);
    await session.commitTransaction();
    await session.endSession();
    await marking;
    expect((await storedThread(id)).cardsDueAt).toBeInstanceOf(Date);
    await desk.settle();
    expect(desk.textOf(id)).not.toContain("Claimed by");
  });
});
