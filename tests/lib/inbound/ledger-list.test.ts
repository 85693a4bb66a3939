import mongoose from "mongoose";
import { beforeEach, describe, expect, test } from "vitest";
import { listLedger, summariseLedger } from "@/lib/inbound/ledger-list";
import { MAIL_MAX_BYTES, recordRefusedMail } from "@/lib/inbound/ledger";
import { InboundEmail } from "@/models/InboundEmailModel";
import { everyPage } from "@/tests/support/checks/every-page";
import { deliver, rawAnswer, rawMail, receive, refuseMail } from "@/tests/support/factories/inbound-mails";
import { createLedgerRow, ledgerRow } from "@/tests/support/factories/ledger-rows";

const page = { limit: 50 };
const HOUR_MS = 60 * 60_000;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

beforeEach(async () => {
  await InboundEmail.deleteMany({});
});

describe("listLedger", () => {
  test("shows sender, subject and ticket of a mail that opened a ticket", async () => {
    const { row, threadId } = await deliver(
      rawMail({ header: { From: "Lena <lena@example.com>", Subject: "Payment failed" } }),
      { from: "bounces@example.com", to: ["help@desk.example"] },
    );
    const { mails } = await listLedger(page);
    expect(mails).toEqual([
      {
        _id: row._id,
        receivedAt: row.receivedAt.toISOString(),
        from: "lena@example.com",
        fromName: "Lena",
        to: ["help@desk.example"],
        subject: "Payment failed",
        sizeBytes: row.sizeBytes,
        source: "smtp",
        copies: 1,
        state: "ticketed",
        outcome: "opened",
        ticket: { _id: threadId, reference: `#${threadId.slice(-6)}` },
        ignoredFor: null,
        error: null,
        canRetry: false,
        isKept: true,
      },
    ]);
  });

  test("distinguishes a mail that joined a ticket from the one that opened it", async () => {
    const { message, threadId } = await deliver(rawMail());
    await deliver(rawAnswer(message));
    const { mails } = await listLedger(page);
    expect(mails.map(({ outcome }) => outcome)).toEqual(["joined", "opened"]);
    expect(mails[0]?.ticket?._id).toBe(threadId);
  });

  test("shows the ticket of a row from before outcomes were stored", async () => {
    const { row } = await deliver(rawMail());
    await InboundEmail.collection.updateOne(
      { _id: row._id as never },
      { $unset: { outcome: 1, retryOp: 1 } },
    );
    const [mail] = (await listLedger(page)).mails;
    expect(mail).toMatchObject({ state: "ticketed", outcome: null, ticket: { _id: expect.any(String) } });
  });

  test("shows why a mail was ignored, why one failed, and that one waits", async () => {
    await receive(Buffer.from("\r\n"));
    const failed = await createLedgerRow({ receivedAt: hoursAgo(1) });
    const waiting = await createLedgerRow({ receivedAt: hoursAgo(2), state: "received", error: null });
    const { mails } = await listLedger(page);
    expect(mails).toMatchObject([
      { state: "ignored", ignoredFor: "empty", subject: null, ticket: null, canRetry: false },
      { _id: failed, state: "failed", error: "Making a ticket of this mail failed (Error).", canRetry: true },
      { _id: waiting, state: "received", from: "customer@example.com", canRetry: false },
    ]);
  });

  test("shows no ticket for a mail that is still being ingested", async () => {
    const threadId = new mongoose.Types.ObjectId();
    await createLedgerRow({ state: "received", threadId, envelopeFrom: null });
    expect((await listLedger(page)).mails).toMatchObject([{ ticket: null, from: null }]);
  });

  test("offers no retry for a mail that was refused for its size", async () => {
    await refuseMail();
    expect((await listLedger(page)).mails).toMatchObject([{ state: "failed", canRetry: false }]);
  });

  test("offers the original of a mail only if something of it is stored", async () => {
    await recordRefusedMail({
      head: Buffer.alloc(0),
      sizeBytes: MAIL_MAX_BYTES + 1,
      envelope: { from: "announced@example.com", to: [] },
      source: "smtp",
    });
    await receive(Buffer.alloc(0), { from: "empty@example.com" });
    await refuseMail();
    await createLedgerRow({ envelopeFrom: "old@example.com" });
    await createLedgerRow({ envelopeFrom: "old-empty@example.com", raw: Buffer.alloc(0) });
    const { mails } = await listLedger(page);
    expect(Object.fromEntries(mails.map(({ from, isKept }) => [from, isKept]))).toEqual({
      "announced@example.com": false,
      "empty@example.com": false,
      "customer@example.com": true,
      "old@example.com": true,
      "old-empty@example.com": false,
    });
  });

  test("gives every mail once, page by page, even if many arrived in the same millisecond", async () => {
    const at = hoursAgo(1);
    await InboundEmail.insertMany(
      Array.from({ length: 13 }, (_, index) => ledgerRow({ receivedAt: index < 9 ? at : hoursAgo(index) })),
    );
    const whole = (await listLedger(page)).mails.map(({ _id }) => _id);
    const paged = await everyPage(async (cursor) => {
      const { mails, nextCursor } = await listLedger({ limit: 4, cursor });
      return { items: mails.map(({ _id }) => _id), nextCursor };
    });
    expect(whole).toHaveLength(13);
    expect(paged).toEqual(whole);
  });

  test("filters by state", async () => {
    const failed = await createLedgerRow();
    await createLedgerRow({ state: "ignored", reason: "echo" });
    const { mails } = await listLedger({ ...page, state: "failed" });
    expect(mails.map(({ _id }) => _id)).toEqual([failed]);
  });
});

describe("summariseLedger", () => {
  test("counts the mails of a day and of a week by outcome", async () => {
    const { message } = await deliver(rawMail());
    await deliver(rawAnswer(message));
    await createLedgerRow({ state: "ticketed", outcome: null });
    await createLedgerRow({ state: "ignored", reason: "empty" });
    await createLedgerRow({ state: "ignored", reason: "echo", receivedAt: hoursAgo(30) });
    await createLedgerRow({ receivedAt: hoursAgo(25) });
    await createLedgerRow({ state: "received", receivedAt: hoursAgo(23) });
    await createLedgerRow({ receivedAt: hoursAgo(8 * 24) });
    const day = {
      received: 5,
      tickets: 1,
      replies: 1,
      known: 1,
      ignored: { empty: 1, echo: 0 },
      failed: 0,
      waiting: 1,
    };
    expect(await summariseLedger()).toEqual({
      day,
      week: { ...day, received: 7, ignored: { empty: 1, echo: 1 }, failed: 1 },
    });
  });
});
