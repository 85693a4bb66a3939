import { expect, test } from "vitest";
import { Types } from "mongoose";
import { dueCards } from "@/lib/cards/card-lease";
import { trusted } from "@/lib/store/db";
import { Card } from "@/models/CardModel";

/** Documents and keys read for a query, by the server's own account. */
async function work(query: { explain: (verbosity: "executionStats") => PromiseLike<unknown> }) {
  const { executionStats } = (await query.explain("executionStats")) as {
    executionStats: { totalDocsExamined: number; totalKeysExamined: number; nReturned: number };
  }; // the shape that MongoDB documents
  return executionStats;
}

test("looking for due cards reads the due ones, not all there are", async () => {
  const now = new Date();
  await Card.insertMany(
    Array.from({ length: 500 }, (_, index) => ({
      _id: `card:${index}`,
      threadId: new Types.ObjectId(),
      destinationId: "discord:1",
      gen: 0,
      state: "live",
      dueAt: index < 5 ? now : null,
    })),
  );
  const due = Card.find(dueCards("discord:1", now)).sort({ dueAt: 1 }).limit(1);
  expect((await work(due)).totalDocsExamined).toBeLessThanOrEqual(5);
});

test("looking for cards of an exchanged webhook reads none that are done with", async () => {
  await Card.updateMany({}, { $set: { destinationId: "discord:0", state: "gone" } });
  const left = Card.find({
    destinationId: trusted({ $ne: "discord:1" }),
    state: trusted({ $ne: "gone" as const }),
  }).limit(1);
  expect((await work(left)).totalDocsExamined).toBe(0);
});
