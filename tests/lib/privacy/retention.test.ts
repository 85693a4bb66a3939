import mongoose from "mongoose";
import { beforeEach, describe, expect, test } from "vitest";
import { receiveMail } from "@/lib/inbound/ledger";
import { retryMail } from "@/lib/inbound/retry-mail";
import { isRawMailRemoved, retentionStep } from "@/lib/privacy/retention";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";
import {
  deliver,
  ingestAll,
  messagesOf,
  rawAnswer,
  receive,
  storedRow,
} from "@/tests/support/factories/inbound-mails";
import { storedMessage } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import {
  emptyDesk,
  mailFrom,
  newAddress,
  placesOf,
  retainAll,
  SECRET_FILE,
  SECRET_TEXT,
  setRetention,
} from "@/tests/support/privacy/customers";

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

beforeEach(async () => {
  await emptyDesk();
  await setRetention({});
});

describe("as long as no retention is set", () => {
  test("keeps raw mails and texts for good", async () => {
    const { row, message, threadId } = await deliver(mailFrom(newAddress()));
    await setTicketStatus(threadId, "resolved", member("Priya"));
    await retainAll(inDays(4_000));
    expect(await storedRow(row._id)).toEqual(row);
    expect(await storedMessage(message._id)).toEqual(message);
  });
});

describe("raw mails", () => {
  test("lose their bytes after the days set, and keep the row and the ticket", async () => {
    const raw = mailFrom(newAddress());
    const { row, message } = await deliver(raw);
    await setRetention({ rawMailDays: 7 });
    await retainAll(inDays(6.9));
    expect(await isRawMailRemoved(row._id)).toBe(false);
    await retainAll(inDays(7.1));
    expect(await isRawMailRemoved(row._id)).toBe(true);
    expect(await storedRow(row._id)).toMatchObject({
      state: "ticketed",
      threadId: row.threadId,
      raw: null,
      rawFileId: null,
    });
    expect(await mongoose.connection.collection("raw.files").countDocuments()).toBe(0);
    expect(await mongoose.connection.collection("raw.chunks").countDocuments()).toBe(0);
    expect(await storedMessage(message._id)).toEqual(message);
  });

  test("of a mail that arrives again is a copy as before", async () => {
    const raw = mailFrom(newAddress());
    const { row } = await deliver(raw);
    await setRetention({ rawMailDays: 1 });
    await retainAll(inDays(2));
    expect(await receiveMail({ raw, envelope: { from: null, to: [] }, source: "smtp" })).toEqual({
      ledgerId: row._id,
      duplicate: true,
    });
    await ingestAll();
    expect(await EmailMessage.countDocuments()).toBe(1);
    expect(await placesOf(SECRET_FILE)).toHaveLength(1); // the ticket's own file
  });

  test("of a mail that waits for its ticket is kept, however old it is", async () => {
    const { ledgerId } = await receive(mailFrom(newAddress()));
    await setRetention({ rawMailDays: 1 });
    await retainAll(inDays(400));
    await ingestAll();
    expect(await storedRow(ledgerId)).toMatchObject({ state: "ticketed" });
    expect(await placesOf(SECRET_TEXT)).not.toEqual([]);
  });

  test("of a failed mail stays at least 30 days, and cannot be retried afterwards", async () => {
    const ledgerId = await createLedgerRow({ state: "failed" });
    await setRetention({ rawMailDays: 1 });
    await retainAll(inDays(29));
    expect(await isRawMailRemoved(ledgerId)).toBe(false);
    await retainAll(inDays(31));
    expect(await isRawMailRemoved(ledgerId)).toBe(true);
    expect(await retryMail(ledgerId)).toEqual({ ok: false, failure: { reason: "no_longer_kept" } });
  });

  test("is kept by a mail that is retried at the same moment", async () => {
    const raw = Buffer.from(mailFrom(newAddress()));
    const ids = await Promise.all(
      Array.from({ length: 20 }, () => createLedgerRow({ state: "failed", raw })),
    );
    await setRetention({ rawMailDays: 1 });
    const retries = ids.map((id) => retryMail(id));
    await Promise.all([retentionStep(inDays(31)), ...retries, retentionStep(inDays(31))]);
    for (const id of ids) {
      const { state, raw, rawRemovedAt } = await storedRow(id);
      expect([state, raw === null, Boolean(rawRemovedAt)]).toEqual(
        state === "received" ? ["received", false, false] : ["failed", true, true],
      );
    }
  });

  test("go from the oldest on, each once, with four processes at work", async () => {
    for (let age = 1; age <= 250; age += 1) {
      await createLedgerRow({ state: "ticketed", receivedAt: inDays(-age) });
    }
    await setRetention({ rawMailDays: 1 });
    await retentionStep(inDays(1));
    const left = await InboundEmail.find({ rawRemovedAt: null }).sort({ receivedAt: 1 }).lean();
    expect(left).toHaveLength(150);
    expect(left[0]?.receivedAt.getTime()).toBeGreaterThan(inDays(-151).getTime());
    await Promise.all(Array.from({ length: 4 }, () => retainAll(inDays(1))));
    expect(await InboundEmail.countDocuments({ rawRemovedAt: null })).toBe(0);
  });
});

describe("texts and files of resolved tickets", () => {
  const priya = member("Priya");

  async function resolvedTicket() {
    const ticket = await deliver(mailFrom(newAddress()));
    await setTicketStatus(ticket.threadId, "resolved", priya);
    return ticket;
  }

  test("are removed after the days set, with a line in the history", async () => {
    const { threadId, message, row } = await resolvedTicket();
    await setRetention({ closedBodiesDays: 30, rawMailDays: 30 });
    await retainAll(inDays(29.9));
    expect(await storedMessage(message._id)).toEqual(message);
    await retainAll(inDays(30.1));
    expect(await storedMessage(message._id)).toMatchObject({
      text: "",
      visibleText: "",
      html: null,
      attachments: [],
      emptiedAt: expect.any(Date),
      from: message.from,
      subject: message.subject,
    });
    expect(await storedThread(threadId)).toMatchObject({
      excerpt: "",
      status: "resolved",
      from: message.from,
    });
    expect((await storedThread(threadId)).history?.at(-1)).toMatchObject({
      kind: "bodies_removed",
      by: null,
    });
    expect(await placesOf(SECRET_TEXT, SECRET_FILE)).toEqual([]);
    expect(await storedRow(row._id)).toMatchObject({ state: "ticketed" });
  });

  test("stay if the ticket was reopened meanwhile, and go once it is resolved again for so long", async () => {
    const { threadId, message } = await resolvedTicket();
    await setRetention({ closedBodiesDays: 30 });
    await setTicketStatus(threadId, "open", priya);
    await retainAll(inDays(40));
    expect(await storedMessage(message._id)).toEqual(message);
    await setTicketStatus(threadId, "resolved", priya);
    await retainAll(inDays(40));
    expect(await storedMessage(message._id)).toMatchObject({ text: "" });
  });

  test("of later mails go too, if the ticket is resolved a second time", async () => {
    const { threadId, thread, message } = await resolvedTicket();
    await setRetention({ closedBodiesDays: 30 });
    await retainAll(inDays(40));
    const answer = await deliver(rawAnswer(message));
    await setTicketStatus(threadId, "resolved", priya, { lastSeenMessageId: answer.message._id });
    await retainAll(inDays(80));
    for (const { text } of await messagesOf(thread._id)) expect(text).toBe("");
  });

  test("are never removed from a ticket that a customer's mail reopens at the same moment", async () => {
    await setRetention({ closedBodiesDays: 30 });
    for (let round = 0; round < 8; round += 1) {
      const { threadId, message } = await resolvedTicket();
      await receive(rawAnswer(message));
      await Promise.all([ingestAll(), retentionStep(inDays(31)), retentionStep(inDays(31))]);
      const { status, bodiesRemovedAt } = await storedThread(threadId);
      expect(status).toBe("open");
      const answer = (await EmailMessage.find({ threadId: message.threadId }).sort({ at: -1 }).lean())[0];
      expect(answer?.text).not.toBe("");
      const isRemoved = (await storedMessage(message._id)).text === "";
      expect(isRemoved).toBe(Boolean(bodiesRemovedAt));
    }
  });

  test("are removed from a ticket of many messages batch by batch, by four processes at once", async () => {
    const { threadId, thread, message } = await resolvedTicket();
    const copies = Array.from({ length: 130 }, (_, index) => ({
      ...message,
      _id: index.toString(16).padStart(64, "0"),
      attachments: [],
    }));
    await EmailMessage.insertMany(copies);
    await setRetention({ closedBodiesDays: 1 });
    await retentionStep(inDays(2));
    expect(await EmailMessage.countDocuments({ threadId: thread._id, emptiedAt: null })).toBe(81);
    await Promise.all(Array.from({ length: 4 }, () => retainAll(inDays(2))));
    expect(await EmailMessage.countDocuments({ threadId: thread._id, emptiedAt: null })).toBe(0);
    const lines = (await storedThread(threadId)).history?.filter(({ kind }) => kind === "bodies_removed");
    expect(lines).toHaveLength(1);
  });

  test("stay with a reply that may still be sent", async () => {
    const { threadId, message } = await resolvedTicket();
    const queued = {
      ...message,
      _id: "a".repeat(64),
      direction: "outbound" as const,
      state: "queued" as const,
    };
    await EmailMessage.create({ ...queued, attachments: [] });
    await setRetention({ closedBodiesDays: 1 });
    await retainAll(inDays(2));
    expect(await storedMessage(queued._id)).toMatchObject({ text: message.text });
    expect(await storedMessage(message._id)).toMatchObject({ text: "" });
    expect(await storedThread(threadId)).toMatchObject({ status: "resolved" });
  });
});
