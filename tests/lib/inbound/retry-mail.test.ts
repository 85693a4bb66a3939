import { describe, expect, test } from "vitest";
import { MAIL_MAX_BYTES, recordRefusedMail } from "@/lib/inbound/ledger";
import { retryMail } from "@/lib/inbound/retry-mail";
import { onNudge } from "@/lib/process/nudge";
import { ContentId } from "@/lib/api/contracts";
import { EmailMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { deliver, ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
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
  test("lets a failed mail be tried again from its first attempt on, and it becomes a ticket", async () => {
    const id = await failedMail();
    let nudges = 0;
    const stop = onNudge(() => (nudges += 1));
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
    expect(await storedRow(id)).toMatchObject({ state: "ticketed", outcome: "opened", attempts: 1 });
  });

  test("is done once by twenty clicks at once, and makes one ticket", async () => {
    const id = await failedMail();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => retryMail(id)));
    expect(outcomes.filter((outcome) => outcome?.ok)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome?.ok)).toHaveLength(19);
    await ingestAll();
    expect(await EmailMessage.countDocuments({ ledgerId: id })).toBe(1);
  });

  test("answers a repeated call with the same success, and does not try a second time", async () => {
    const id = await failedMail();
    expect(await retryMail(id, "one click")).toMatchObject({ ok: true });
    await InboundEmail.updateOne({ _id: id }, { $set: { state: "failed", dueAt: null, attempts: 5 } });
    expect(await retryMail(id, "one click")).toMatchObject({ ok: true });
    expect(await storedRow(id)).toMatchObject({ state: "failed", attempts: 5 });
    expect(await retryMail(id, "another click")).toMatchObject({ ok: true });
    expect(await storedRow(id)).toMatchObject({ state: "received" });
  });

  test("leaves a mail alone that waits, is in a ticket or was ignored, and says which", async () => {
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

  test("refuses a mail that is not whole here because of its size", async () => {
    const { ledgerId } = await recordRefusedMail({
      head: rawMail(),
      sizeBytes: MAIL_MAX_BYTES + 1,
      envelope: { from: "big@example.com", to: [] },
      source: "smtp",
    });
    expect(await retryMail(ContentId.parse(ledgerId))).toEqual({
      ok: false,
      failure: { reason: "mail_too_large" },
    });
    expect(await storedRow(ledgerId)).toMatchObject({ state: "failed", dueAt: null });
  });

  test("gives null where there is no such mail", async () => {
    expect(await retryMail(ContentId.parse("0".repeat(64)))).toBeNull();
  });
});
