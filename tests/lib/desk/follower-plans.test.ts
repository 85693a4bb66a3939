import mongoose, { Types } from "mongoose";
import { beforeAll, expect, test } from "vitest";
import { FOLLOWERS } from "@/lib/desk/followers";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { setEnv } from "@/tests/support/routes/identities";

// Every worker's followers look every second or few, so an idle desk must cost them few queries and no document reads.
const ROWS = 3_000;

beforeAll(async () => {
  setEnv({ SMTP_URL: "smtp://127.0.0.1:1" }); // otherwise no reply is looked for
  const at = new Date(Date.UTC(2026, 0, 1));
  const rows = Array.from({ length: ROWS }, (_, index) => index);
  await EmailThread.collection.insertMany(
    rows.map((index) => ({ subject: `Ticket ${index}`, receivedAt: at })),
  );
  await EmailMessage.collection.insertMany(
    rows.map((index) => ({ _id: `m${index}`, threadId: new Types.ObjectId(), state: "sent", at })) as never[],
  );
  await InboundEmail.collection.insertMany(
    rows.map((index) => ({ _id: `l${index}`, state: "ticketed", receivedAt: at })) as never[],
  );
});

// The cards' query needs a channel, and Clerk's needs Clerk; tests/lib/cards and tests/lib/team cover them.
const followers = FOLLOWERS.filter(({ name }) => name !== "cards" && name !== "reconcile");

test.each(followers)("the $name follower learns from an index that nothing is due", async ({ step }) => {
  const db = mongoose.connection.db;
  if (!db) throw new Error("not connected");
  await db.command({ profile: 0 });
  await db.collection("system.profile").drop();
  await db.command({ profile: 2 });
  expect(await step()).toMatchObject({ worked: false });
  await db.command({ profile: 0 });

  const queries = await db
    .collection("system.profile")
    .find({ op: { $in: ["query", "command", "update"] }, planSummary: { $exists: true } })
    .toArray();
  for (const { planSummary, docsExamined, command } of queries) {
    expect.soft({ planSummary, docsExamined, command }).toMatchObject({
      planSummary: expect.not.stringContaining("COLLSCAN"),
      docsExamined: 0,
    });
  }
  expect(queries.length).toBeGreaterThan(0);
  expect(queries.length).toBeLessThanOrEqual(2);
});
