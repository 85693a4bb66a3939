import { describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { retryMail } from "@/lib/inbound/retry-mail";
import { onNudge } from "@/lib/process/nudge";
import { EmailMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import {
  deliver,
  ingestAll,
  rawMail,
  receive,
  refuseMail,
  storedRow,
} from "@/tests/support/factories/inbound-mails";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";

async function failedMail(): Promise<ContentId> {
  const { ledgerId } = await receive(rawMail());
  await InboundEmail.updateOne(
    { _id: ledgerId },
    { $set: { state: "failed", attempts: 5, dueAt: null, error: "It failed." } },
  );
  return ContentId.parse(ledgerId);
}

describe("retryMail", () => {
  test("makes a failed mail a ticket, with its attempts counted from the start", async () => {
    const id = await failedMail();
    let nudges = 0;
    const stop = onNudge("ingest", () => (nudges += 1));
    expect(await retryMail(id)).toEqual({ ok: true, value: id });
    stop();
    expect(nudges).toBe(1);
    expect(await storedRow(id)).toMatchObject({
      state: "received",
      attempts: 0,
      error: null,
      dueAt: expect.any(Date),
      leaseId: null,
    });
    await ingestAll();
    expect(await storedRow(id)).toMatchObject({ state: "ticketed", outcome: "opened", attempts: 0 });
  });

  test("retries once and makes one ticket for twenty clicks at once", async () => {
    const id = await failedMail();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => retryMail(id)));
    expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome?.ok)).toHaveLength(19);
    await ingestAll();
    expect(await EmailMessage.countDocuments({ ledgerId: id })).toBe(1);
  });

  test("answers a retried call as the first, without a second retry of the mail", async () => {
    const id = await failedMail();
    expect(await retryMail(id, "one click")).toMatchObject({ ok: true });
    await InboundEmail.updateOne({ _id: id }, { $set: { state: "failed", dueAt: null, attempts: 5 } });
    expect(await retryMail(id, "one click")).toMatchObject({ ok: true });
    expect(await storedRow(id)).toMatchObject({ state: "failed", attempts: 5 });
    expect(await retryMail(id, "another click")).toMatchObject({ ok: true });
    expect(await storedRow(id)).toMatchObject({ state: "received" });
  });

  test("refuses a mail that waits, is in a ticket or was ignored, and names its state", async () => {
    const waiting = await createLedgerRow({ state: "received", leaseId: "worker", attempts: 2 });
    const ignored = await createLedgerRow({ state: "ignored", reason: "echo" });
    const { row } = await deliver(rawMail());
    const notFailed = (state: string) => ({ ok: false, failure: { reason: "nothing_to_retry", state } });
    expect(await retryMail(waiting)).toEqual(notFailed("received"));
    expect(await retryMail(ignored)).toEqual(notFailed("ignored"));
    expect(await retryMail(ContentId.parse(row._id))).toEqual(notFailed("ticketed"));
    expect(await storedRow(waiting)).toMatchObject({ leaseId: "worker", attempts: 2 });
    expect(await storedRow(row._id)).toEqual(row);
  });

  test("refuses a mail of which only the beginning is stored", async () => {
    const { ledgerId } = await refuseMail();
    expect(await retryMail(ContentId.parse(ledgerId))).toEqual({
      ok: false,
      failure: { reason: "mail_too_large" },
    });
    expect(await storedRow(ledgerId)).toMatchObject({ state: "failed", dueAt: null });
  });

  test("returns null if there is no such mail", async () => {
    expect(await retryMail(ContentId.parse("0".repeat(64)))).toBeNull();
  });
});
