import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Types } from "mongoose";
import { FOLLOWERS } from "@/lib/desk/followers";
import { ingestNow, ingestSlowStep, ingestStep } from "@/lib/inbound/ingest";
import { inLane } from "@/lib/inbound/lanes";
import { startFollowers } from "@/lib/process/followers";
import { InboundEmail } from "@/models/InboundEmailModel";
import { profiled } from "@/tests/support/database/profiled";
import { ledgerRow } from "@/tests/support/factories/ledger-rows";
import { multipart, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";

const MB = 1024 * 1024;

/** Takes the parser ten times as long as an ordinary mail: 200,000 groups of recipients, and over 1 MB in all. */
const slowMail = () => rawMail({ header: { To: "g:a;".repeat(200_000) }, body: "x".repeat(400_000) });
const largeMail = (bytes: number) =>
  rawMail(multipart("mixed", `Content-Disposition: attachment\r\n\r\n${"x".repeat(bytes)}`));

let stop = async () => {};

beforeEach(async () => {
  await InboundEmail.deleteMany({});
});
afterEach(async () => {
  await stop();
});

/** Runs the desk's own ingest followers. */
function startIngest(): void {
  stop = startFollowers(FOLLOWERS.filter(({ name }) => name.startsWith("ingest")));
}

describe("the ingest followers", () => {
  test("make a ticket of an ordinary mail while slow mails that came first are being read", async () => {
    for (let count = 0; count < 6; count += 1) await receive(slowMail());
    const { ledgerId } = await receive(rawMail());
    startIngest();
    while ((await storedRow(ledgerId)).state === "received");
    expect(await InboundEmail.countDocuments({ state: "received" })).toBeGreaterThanOrEqual(5);
  });

  test("read large mails one at a time, whoever asks for their tickets", async () => {
    const receipts = [];
    for (let count = 0; count < 6; count += 1) receipts.push(await receive(largeMail(4 * MB)));
    startIngest();
    const asked = Promise.all(receipts.map(({ ledgerId }) => ingestNow(ledgerId, 20_000)));
    let atOnce = 0;
    while ((await InboundEmail.countDocuments({ state: "received" })) > 0) {
      const open = { state: "received" as const, isSlow: true, leaseId: { $type: "string" } };
      atOnce = Math.max(atOnce, await InboundEmail.collection.countDocuments(open));
    }
    expect(atOnce).toBe(1);
    expect(await asked).not.toContain(null);
  });

  test("send a mail that runs into a limit, and the next ones of its sender, to the slow lane", async () => {
    const header = { From: "Eve <Eve@hostile.example>" };
    const hostile = await receive(rawMail({ header: { ...header, To: "g:a;".repeat(150_000) } }));
    const next = await receive(rawMail({ header: { From: "eve@hostile.example" } }));
    const other = await receive(rawMail());
    await ingestStep(new Date(), 1);
    await ingestStep(new Date());
    await ingestStep(new Date());
    for (const { ledgerId } of [hostile, next])
      expect(await storedRow(ledgerId)).toMatchObject({ state: "received", isSlow: true, attempts: 0 });
    expect(await storedRow(other.ledgerId)).toMatchObject({ state: "ticketed", isSlow: null });
    expect(await ingestStep(new Date())).toEqual({ worked: false });
    while ((await ingestSlowStep(new Date())).worked);
    for (const { ledgerId } of [hostile, next])
      expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed", attempts: 0 });
  });

  test("read the slow mails of several senders in turns", async () => {
    const from = (From: string) => {
      const { header, body } = multipart("mixed", `Content-Type: text/plain\r\n\r\n${"x".repeat(MB)}`);
      return receive(rawMail({ header: { ...header, From }, body: body ?? "" }));
    };
    for (let count = 0; count < 3; count += 1) await from("Eve <eve@example.com>");
    const others = [await from("Ann <ann@example.com>"), await from("bob@example.com")];
    while ((await ingestStep(new Date())).worked);
    for (let step = 0; step < 3; step += 1) await ingestSlowStep(new Date());
    for (const { ledgerId } of others)
      expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed", isSlow: true });
    expect(await InboundEmail.countDocuments({ state: "received" })).toBe(2);
    while ((await ingestSlowStep(new Date())).worked);
    expect(await InboundEmail.countDocuments({ state: "received" })).toBe(0);
  });

  test("find the next ordinary mail without looking at the slow ones before it", async () => {
    const earlier = { state: "received" as const, isSlow: true, dueAt: new Date(0) };
    const rows = Array.from({ length: 500 }, () => ledgerRow(earlier));
    await InboundEmail.collection.insertMany(rows as never[]);
    await receive(rawMail());
    const [lease] = await profiled(InboundEmail, () => ingestStep(new Date()));
    expect(lease?.docsExamined).toBe(1);
    expect(lease?.keysExamined).toBe(1);
  });
});

test("the ticket of an ordinary mail that another worker files is told at once, although the slow lane is full", async () => {
  const { ledgerId } = await receive(rawMail());
  const taken = { leaseId: "another worker", dueAt: new Date(Date.now() + 60_000) };
  await InboundEmail.updateOne({ _id: ledgerId }, { $set: taken });
  const freed = Promise.withResolvers<void>();
  const full = inLane("slow", () => freed.promise);

  const asked = ingestNow(ledgerId, 60_000);
  const threadId = new Types.ObjectId();
  await InboundEmail.updateOne({ _id: ledgerId }, { $set: { state: "ticketed", threadId } });
  expect(await asked).toBe(threadId.toHexString());
  freed.resolve();
  await full;
});
