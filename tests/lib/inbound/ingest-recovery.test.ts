import mongoose from "mongoose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { INGEST, ingestNow, ingestStep } from "@/lib/inbound/ingest";
import { receiveMail } from "@/lib/inbound/ledger";
import { retryMail } from "@/lib/inbound/retry-mail";
import { takeDue } from "@/lib/store/queue/lease";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";
import { ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";

const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000);

/** Leaves the row as a process does that dies while it ingests the mail. */
async function leaseAndDie(ledgerId: string, until: Date): Promise<void> {
  await InboundEmail.updateOne({ _id: ledgerId }, { $set: { leaseId: "of a dead process", dueAt: until } });
}

describe("ingestStep", () => {
  test("ingests one mail per call, and reports when none is due", async () => {
    await receive(rawMail());
    await receive(rawMail());
    const answers = [];
    for (let call = 0; call < 3; call += 1) answers.push(await ingestStep(new Date()));
    expect(answers).toEqual([{ worked: true }, { worked: true }, { worked: false }]);
  });

  test("makes the ticket if a process died between ledger and ticket", async () => {
    const { ledgerId } = await receive(rawMail());
    await leaseAndDie(ledgerId, minutesFromNow(1));
    await ingestAll();
    expect(await storedRow(ledgerId)).toMatchObject({ state: "received" });
    await ingestAll(minutesFromNow(2));
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed", leaseId: null });
  });

  test("makes one ticket if several processes ingest the same mail", async () => {
    const { ledgerId } = await receive(rawMail({ header: { Subject: "Twice at once" } }));
    await Promise.all([ingestStep(new Date()), ingestStep(minutesFromNow(2)), ingestStep(minutesFromNow(4))]);
    await ingestAll(minutesFromNow(10));
    const row = await storedRow(ledgerId);
    expect(row.state).toBe("ticketed");
    expect(await EmailMessage.countDocuments({ ledgerId })).toBe(1);
    expect(await EmailThread.countDocuments({ subject: "Twice at once" })).toBe(1);
  });

  test("keeps the mail as failed after the fifth failure", async () => {
    const { ledgerId } = await receive(rawMail({ body: "x".repeat(5 * 1024 * 1024) }));
    const rawFileId = (await storedRow(ledgerId)).rawFileId ?? undefined;
    await mongoose.connection.collection("raw.files").deleteOne({ _id: rawFileId });
    const attempts = [];
    for (let minutes = 0; minutes < 60; minutes += 5) {
      await ingestAll(minutesFromNow(minutes));
      attempts.push((await storedRow(ledgerId)).attempts);
    }
    expect(attempts.slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(await storedRow(ledgerId)).toMatchObject({
      state: "failed",
      attempts: 5,
      error: "Making a ticket of this mail failed (FileMissingError).",
      dueAt: null,
    });
  });

  test("keeps a mail as failed if five processes died on it", async () => {
    const { ledgerId } = await receive(rawMail());
    for (let death = 0; death < 5; death += 1)
      await takeDue(INGEST.ordinary, { clock: minutesFromNow(2 * death) });
    expect(await storedRow(ledgerId)).toMatchObject({ state: "received", attempts: 4 });
    await ingestAll(minutesFromNow(10));
    expect(await storedRow(ledgerId)).toMatchObject({
      state: "failed",
      dueAt: null,
      error: "Making a ticket of this mail failed: every attempt ended without an answer.",
    });
  });
});

describe("processes whose clock is wrong", () => {
  afterEach(() => void vi.useRealTimers());

  test.each([-60, 60])("take in a mail at once if they are %i minutes off", async (minutes) => {
    vi.useFakeTimers({ now: minutesFromNow(minutes), toFake: ["Date"] });
    const { ledgerId } = await receive(rawMail());
    await ingestStep();
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
  });

  test("leave a mail to the worker that reads it", async () => {
    const { ledgerId } = await receive(rawMail());
    await leaseAndDie(ledgerId, minutesFromNow(1));
    vi.useFakeTimers({ now: minutesFromNow(60), toFake: ["Date"] });
    expect(await ingestStep()).toEqual({ worked: false });
  });

  test("have a failed mail retried at once", async () => {
    const ledgerId = await createLedgerRow({ raw: rawMail(), error: null });
    vi.useFakeTimers({ now: minutesFromNow(60), toFake: ["Date"] });
    await retryMail(ledgerId);
    vi.useRealTimers();
    await ingestStep();
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
  });
});

describe("ingestNow", () => {
  test("returns the thread of the mail", async () => {
    const { ledgerId } = await receive(rawMail());
    const threadId = await ingestNow(ledgerId);
    expect(threadId).toBe((await storedRow(ledgerId)).threadId?.toHexString());
    expect(await ingestNow(ledgerId)).toBe(threadId);
  });

  test("returns null if another process has the mail and is not done in time", async () => {
    const { ledgerId } = await receive(rawMail());
    await leaseAndDie(ledgerId, minutesFromNow(1));
    expect(await ingestNow(ledgerId, 100)).toBeNull();
  });

  test("returns null for a mail that becomes no ticket", async () => {
    const empty = { raw: Buffer.alloc(0), envelope: { from: null, to: [] }, source: "http" as const };
    expect(await ingestNow((await receiveMail(empty)).ledgerId)).toBeNull();
  });
});
