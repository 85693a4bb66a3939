import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { receiveMail } from "@/lib/inbound/ledger";
import { countCustomer } from "@/lib/privacy/count";
import { cancelErasure, eraseStep, listErasures, requestErasure } from "@/lib/privacy/erasure";
import { trusted } from "@/lib/store/db";
import { eventStep } from "@/lib/tickets/events";
import { replyToTicket } from "@/lib/tickets/reply";
import { AuditEvent } from "@/models/AuditEventModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Erasure } from "@/models/ErasureModel";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";
import { deliver, ingestAll, rawMail, receive, storedRow } from "@/tests/support/factories/inbound-mails";
import { storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { admin, member, storedThread } from "@/tests/support/factories/threads";
import {
  customerOf,
  emptyDesk,
  eraseAll,
  mailFrom,
  newAddress,
  placesOf,
  retainAll,
  SECRET_FILE,
  SECRET_TEXT,
} from "@/tests/support/privacy/customers";

const maya = admin();
const priya = member("Priya");
const NOW = () => new Date(Date.now() + 1_000); // after every due time set so far

afterEach(emptyDesk);

/** Requests the erasure of `address` and carries it out to its end. */
async function erase(address: string) {
  const job = await requestErasure(customerOf(address), maya);
  await eraseAll(NOW());
  await retainAll(new Date());
  return Erasure.findById(job._id).orFail().lean();
}

describe("an erased customer", () => {
  test("is nowhere in the database any more: no address, name, subject, text or file", async () => {
    const address = newAddress();
    const peer = { address: "10.0.2.44", helo: "mx.peer-of-the-customer.example" };
    const { threadId, message } = await deliver(mailFrom(address), { from: address, peer });
    await replyToTicket(
      { threadId, text: "Dear Ann Smith, you asked.", lastSeenMessageId: message._id },
      priya,
    );
    await deliver(mailFrom(address.toUpperCase()), { from: address.toUpperCase() });
    const unfiled = await createLedgerRow({ envelopeFrom: address, raw: Buffer.from(mailFrom(address)) });
    while ((await eventStep(NOW())).worked);
    expect(await placesOf(SECRET_FILE)).not.toEqual([]);

    expect(await erase(address)).toMatchObject({
      state: "done",
      address: null,
      done: { tickets: 2, messages: 3, attachments: 2, rawMails: 3 },
    });
    expect(
      await placesOf(address, "Ann Smith", "account 4711", SECRET_TEXT, SECRET_FILE, "Dear Ann", peer.helo),
    ).toEqual([]);
    expect(await storedRow(unfiled)).toMatchObject({ state: "failed", erasedAt: expect.any(Date) });
  });

  test("keeps the rows, so the same mail again is a copy and makes no ticket", async () => {
    const address = newAddress();
    const raw = mailFrom(address);
    const { row, threadId, message } = await deliver(raw, { from: address });
    await erase(address);
    expect(await receiveMail({ raw, envelope: { from: address, to: [] }, source: "smtp" })).toEqual({
      ledgerId: row._id,
      duplicate: true,
    });
    await ingestAll();
    expect(await EmailThread.countDocuments()).toBe(1);
    expect(await storedThread(threadId)).toMatchObject({
      from: "",
      subject: "",
      excerpt: "",
      status: "resolved",
    });
    expect(await storedMessage(message._id)).toMatchObject({ from: "", text: "", rfcMessageId: null });
  });

  test("is found in any spelling, and nobody whose address only looks alike is touched", async () => {
    const idn = `ann${Date.now()}@bücher.example`;
    const ascii = idn.replace("bücher", "xn--bcher-kva");
    const others = [`x${ascii}`, `${ascii}.de`, ascii.replace("ann", "änn"), `strasse@${Date.now()}.example`];
    const kept = [];
    for (const other of others) {
      const raw = rawMail({ header: { From: "Somebody <somebody@example.com>" } });
      kept.push(await deliver(raw));
      await EmailMessage.updateOne({ _id: kept.at(-1)?.message._id }, { from: other });
      await EmailThread.updateOne({ _id: kept.at(-1)?.thread._id }, { from: other });
    }
    const { message } = await deliver(mailFrom(ascii.toUpperCase()), { from: null });
    await EmailMessage.updateOne({ _id: message._id }, { from: idn });
    expect(await countCustomer(customerOf(ascii.toUpperCase()))).toMatchObject({ tickets: 1, messages: 1 });
    await erase(idn.toUpperCase());
    expect(await storedMessage(message._id)).toMatchObject({ text: "", from: "" });
    for (const { message, thread } of kept) {
      const { text, erasedAt } = await storedMessage(message._id);
      expect({ text, erasedAt }).toEqual({ text: message.text, erasedAt: undefined });
      expect(await EmailThread.findById(thread._id)).toMatchObject({ subject: thread.subject });
    }
    // The letter "ﬁ" and "fi" are the same to the index.
    const [ligature, letters] = ["aﬁ@own.example", "afi@own.example"];
    await EmailMessage.updateOne({ _id: kept[0]?.message._id }, { from: ligature });
    expect(await countCustomer(customerOf(letters))).toMatchObject({ messages: 0 });
    await erase(letters);
    expect(await storedMessage(kept[0]?.message._id ?? "")).toMatchObject({ from: ligature });
  });

  test("leaves the others' mails in a ticket of several people, and only the address goes from them", async () => {
    const [ann, bob] = [newAddress(), newAddress()];
    const first = await deliver(mailFrom(ann), { from: ann });
    const answer = rawMail({
      header: {
        From: `Bob <${bob}>`,
        Cc: ann,
        Subject: "Bob's question",
        "In-Reply-To": first.message.rfcMessageId,
      },
      body: "Bob writes this.",
    });
    const second = await deliver(answer, { from: bob });
    expect(second.threadId).toBe(first.threadId);

    await erase(ann);
    expect(await placesOf("Ann Smith", SECRET_TEXT, SECRET_FILE)).toEqual([]);
    expect(await storedMessage(first.message._id)).toMatchObject({
      text: "",
      from: "",
      erasedAt: expect.any(Date),
    });
    expect(await storedMessage(second.message._id)).toMatchObject({
      text: "Bob writes this.",
      from: bob,
      cc: [],
    });
    expect(await storedThread(first.threadId)).toMatchObject({
      from: "", // Bob is nobody whom the ticket is answered to, until a member says so
      newcomers: [{ address: bob }],
      subject: "Bob's question",
      excerpt: "Bob writes this.",
      status: "open",
    });
    expect((await storedThread(first.threadId)).emptiedAt).toBeUndefined();
  });

  test("loses the mails that a web form sent with the customer in Reply-To", async () => {
    const address = newAddress();
    const { message } = await deliver(mailFrom("form@site.example", { header: { "Reply-To": address } }));
    await erase(address);
    expect(await storedMessage(message._id)).toMatchObject({ text: "", replyTo: null });
  });

  test("loses failed mails whose envelope does not name the customer", async () => {
    const address = newAddress();
    const raw = Buffer.from(mailFrom(address));
    const own = await createLedgerRow({ envelopeFrom: null, raw, receivedAt: new Date(Date.now() - 1_000) });
    const other = await createLedgerRow({ envelopeFrom: null, raw: mailFrom(`x${address}`) });
    await erase(address);
    expect(await storedRow(own)).toMatchObject({ raw: null, erasedAt: expect.any(Date) });
    expect((await storedRow(other)).raw).not.toBeNull();
  });

  test("gets no reply that was still queued, and one that is being sent is waited for", async () => {
    const address = newAddress();
    const { threadId, thread, message } = await deliver(mailFrom(address), { from: address });
    await replyToTicket({ threadId, text: "Dear Ann Smith", lastSeenMessageId: message._id }, priya);
    const [reply] = await storedReplies(thread);
    await EmailMessage.updateOne({ _id: reply?._id }, { state: "sending" });
    const job = await requestErasure(customerOf(address), maya);
    await eraseAll(NOW());
    expect(await Erasure.findById(job._id).lean()).toMatchObject({ state: "running" });
    expect(await storedMessage(reply?._id ?? "")).toMatchObject({ text: "Dear Ann Smith" });
    await EmailMessage.updateOne({ _id: reply?._id }, { state: "queued" });
    await eraseAll(new Date(Date.now() + 60_000));
    expect(await Erasure.findById(job._id).lean()).toMatchObject({
      state: "done",
      done: { tickets: 1, messages: 2 },
    });
    expect(await storedMessage(reply?._id ?? "")).toMatchObject({ text: "", to: [], state: "cancelled" });
    await retainAll(new Date());
    expect(await placesOf("Ann Smith")).toEqual([]);
  });

  test("can no longer be answered from the erased ticket", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address), { from: address });
    await erase(address);
    expect(await replyToTicket({ threadId, text: "Hello", lastSeenMessageId: null }, priya)).toMatchObject({
      ok: false,
      failure: { reason: "no_recipient" },
    });
  });

  test("who is a member too keeps only the id in the ticket's history", async () => {
    const own = { ...priya, email: newAddress() };
    const { threadId, message } = await deliver(mailFrom(own.email), { from: own.email });
    await replyToTicket({ threadId, text: "Hello", lastSeenMessageId: message._id }, own);
    while ((await eventStep(NOW())).worked);
    await EmailThread.updateOne({ _id: threadId }, { assignedToEmail: "" });
    await EmailMessage.updateMany({ authorEmail: own.email }, { authorEmail: "" });
    await erase(own.email);
    expect(await placesOf(own.email)).toEqual([]);
    expect((await storedThread(threadId)).history?.[1]).toMatchObject({ by: { id: own.id, name: "Erased" } });
  });
});

describe("a new mail of the customer", () => {
  const answerTo = (address: string, rfcMessageId: string | null) =>
    mailFrom(address, {
      header: { "In-Reply-To": rfcMessageId, "X-Id": randomUUID() },
      body: "A new question.",
    });

  test("after the erasure is a new ticket, even as an answer to an erased mail", async () => {
    const address = newAddress();
    const old = await deliver(mailFrom(address), { from: address });
    await erase(address);
    const later = await deliver(answerTo(address, old.message.rfcMessageId), { from: address });
    expect(later.threadId).not.toBe(old.threadId);
    expect(later.thread).toMatchObject({ from: address, status: "open" });
    expect(later.message.text).toBe("A new question.");
  });

  test("during the erasure is kept whole in an open ticket, whichever comes first", async () => {
    for (let round = 0; round < 10; round += 1) {
      const address = newAddress();
      const old = await deliver(mailFrom(address), { from: address });
      await requestErasure(customerOf(address), maya);
      const { ledgerId } = await receive(answerTo(address, old.message.rfcMessageId), { from: address });
      await Promise.all([eraseAll(NOW()), eraseAll(NOW()), ingestAll()]);
      await eraseAll(new Date(Date.now() + 60_000));

      const row = await storedRow(ledgerId);
      expect(row).toMatchObject({ state: "ticketed", envelopeFrom: address });
      expect(await storedMessage(row.messageId ?? "")).toMatchObject({
        text: "A new question.",
        from: address,
      });
      const thread = await storedThread(String(row.threadId));
      expect(thread).toMatchObject({ status: "open", from: address });
      expect(thread.emptiedAt).toBeUndefined();
      expect(await storedMessage(old.message._id)).toMatchObject({ text: "", from: "" });
      expect(await Erasure.findOne({ state: "running" })).toBeNull();
    }
  });

  test("that was waiting for its ticket at the request is erased once it has one", async () => {
    const address = newAddress();
    await receive(mailFrom(address), { from: address });
    const job = await requestErasure(customerOf(address), maya);
    await eraseAll(NOW());
    expect(await Erasure.findById(job._id).lean()).toMatchObject({ state: "running" });
    await ingestAll();
    await eraseAll(new Date(Date.now() + 60_000));
    await retainAll(new Date());
    expect(await Erasure.findById(job._id).lean()).toMatchObject({ state: "done" });
    expect(await placesOf(address, SECRET_TEXT, SECRET_FILE)).toEqual([]);
  });
});

describe("an erasure", () => {
  async function manyTickets(address: string, count: number) {
    const first = await deliver(mailFrom(address), { from: address });
    for (let index = 0; index < count; index += 1) {
      const message = { ...first.message, _id: ContentId.parse(index.toString(16).padStart(64, "0")) };
      await EmailMessage.create({ ...message, attachments: [] });
    }
    return first;
  }

  test("counts the same with four processes at once as the dry run said", async () => {
    const address = newAddress();
    await manyTickets(address, 60);
    const counts = await countCustomer(customerOf(address));
    expect(counts).toEqual({ tickets: 1, messages: 61, attachments: 1, rawMails: 1 });
    const job = await requestErasure(customerOf(address), maya);
    await Promise.all(Array.from({ length: 4 }, () => eraseAll(NOW())));
    await eraseAll(NOW());
    expect(await Erasure.findById(job._id).lean()).toMatchObject({
      state: "done",
      expected: counts,
      done: counts,
    });
    expect(await countCustomer(customerOf(address))).toEqual({
      tickets: 0,
      messages: 0,
      attachments: 0,
      rawMails: 0,
    });
  });

  test("goes on where it stopped after its process died within a batch", async () => {
    const address = newAddress();
    await manyTickets(address, 60);
    const job = await requestErasure(customerOf(address), maya);
    await eraseStep(NOW());
    // As if a worker had leased the job and died.
    await Erasure.updateOne({ _id: job._id }, { leaseId: "dead", dueAt: new Date(Date.now() + 60_000) });
    expect(await eraseStep(NOW())).toEqual({ worked: false });
    await eraseAll(new Date(Date.now() + 61_000));
    expect(await Erasure.findById(job._id).lean()).toMatchObject({
      state: "done",
      done: { tickets: 1, messages: 61 },
    });
  });

  test("stops before its next batch when it is cancelled, and can be requested again", async () => {
    const address = newAddress();
    await manyTickets(address, 60);
    const job = await requestErasure(customerOf(address), maya);
    await eraseStep(NOW());
    expect(await cancelErasure(ContentId.parse(job._id), maya)).toMatchObject({
      state: "cancelled",
      address: null,
    });
    await eraseAll(new Date(Date.now() + 120_000));
    expect(await Erasure.findById(job._id).lean()).toMatchObject({ done: { messages: 25 } });
    expect(await EmailMessage.countDocuments({ erasedAt: null })).toBe(36);
    expect(await cancelErasure(ContentId.parse(job._id), maya)).toMatchObject({ state: "cancelled" });
    expect(await erase(address)).toMatchObject({ state: "done", done: { messages: 36 } });
    expect(await cancelErasure(ContentId.parse("f".repeat(64)), maya)).toBeNull();
  });

  test("that is cancelled while a batch runs erases nothing that its cancellation does not count", async () => {
    for (let round = 0; round < 10; round += 1) {
      const address = newAddress();
      const mails = Array.from({ length: 3 }, () => receive(mailFrom(address), { from: address }));
      await Promise.all(mails);
      await ingestAll();
      const job = await requestErasure(customerOf(address), maya);
      await Promise.all([eraseStep(NOW()), cancelErasure(ContentId.parse(job._id), maya)]);
      await eraseAll(new Date(Date.now() + 120_000));
      const event = await AuditEvent.findById(`${job._id}:cancelled`).orFail().lean();
      expect(event.details).toMatchObject({
        messages: await EmailMessage.countDocuments({ erasedAt: trusted({ $ne: null }) }),
      });
      await emptyDesk();
    }
  });

  test("of one customer runs once, however many admins press at once", async () => {
    const address = newAddress();
    await deliver(mailFrom(address), { from: address });
    const jobs = await Promise.all(
      Array.from({ length: 5 }, () => requestErasure(customerOf(address), maya)),
    );
    expect(new Set(jobs.map(({ _id }) => _id)).size).toBe(1);
    const [again, same] = [await requestErasure(customerOf(address), maya, "op-1"), jobs[0]];
    expect(again._id).toBe(same?._id);
    await eraseAll(NOW());
    expect(await listErasures()).toHaveLength(1);
  });

  test("is in the audit log with who, when and how much, and never with the address", async () => {
    const address = newAddress();
    await deliver(mailFrom(address), { from: address });
    await erase(address);
    const events = await AuditEvent.find().sort({ at: 1 }).lean();
    const counts = { tickets: 1, messages: 1, attachments: 1, rawMails: 1 };
    expect(events).toMatchObject([
      { action: "customer_erased", by: { id: maya.id }, details: { what: "requested", ...counts } },
      { action: "customer_erased", by: { id: maya.id }, details: { what: "finished", ...counts } },
    ]);
    expect(events[0]?.subject).toBe(customerOf(address).hash);
    expect(JSON.stringify(events).toLowerCase()).not.toContain(address.toLowerCase());
  });

  test("waits and is retried if a batch fails", async () => {
    const address = newAddress();
    const { threadId } = await deliver(mailFrom(address), { from: address });
    const job = await requestErasure(customerOf(address), maya);
    await EmailThread.collection.updateOne({ from: address }, { $set: { history: "broken" } });
    expect(await eraseStep(NOW())).toMatchObject({ worked: true });
    expect(await Erasure.findById(job._id).lean()).toMatchObject({
      state: "running",
      error: expect.any(String),
    });
    expect(await EmailMessage.countDocuments({ erasedAt: null })).toBe(1);
    await EmailThread.updateOne({ _id: threadId }, { history: [] });
    await eraseAll(new Date(Date.now() + 60_000));
    expect(await Erasure.findById(job._id).lean()).toMatchObject({ state: "done", error: null });
  });
});
