import { beforeEach, describe, expect, test } from "vitest";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { receiveMail } from "@/lib/inbound/ledger";
import { answer, comesBack, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { deliver, ingestAll, rawMail, storedRow } from "@/tests/support/factories/inbound-mails";
import { deliverAll, storedMessage } from "@/tests/support/factories/mails";
import { storedThread } from "@/tests/support/factories/threads";
import { rawReport } from "@/tests/support/mail/delivery-reports";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const server = await faultySmtpForFile();
beforeEach(() => server.behave());

const ANN = "ann@farm.example";

/** A ticket whose answer went out, and which was resolved with it. */
async function answered(cc: string[] = []) {
  const ticket = await ticketByMail(cc);
  const reply = await answer(ticket.id, { status: "resolved" });
  await deliverAll();
  expect(await storedMessage(reply._id)).toMatchObject({ state: "sent" });
  return { ...ticket, reply };
}

/** Facts of a ticket that a report may change. */
async function factsOf({ id, reply }: Awaited<ReturnType<typeof answered>>) {
  const { status, attention, revision, lastMessageId, waitingSince, history } = await storedThread(id);
  const { state, undelivered } = await storedMessage(reply._id);
  return { status, attention, revision, lastMessageId, waitingSince, history, state, undelivered };
}

describe("a mail server's report about a reply", () => {
  test("opens the resolved ticket again, says what came back, and restores the customer's wait", async () => {
    const ticket = await answered();
    const { waitingSince } = await storedThread(ticket.id);
    const { message } = await comesBack(ticket.reply);
    expect(waitingSince).toBeNull();
    expect(message).toMatchObject({
      automatic: true,
      notice: { kind: "came_back", replyId: ticket.reply._id, cause: "no_mailbox", isProven: true },
    });
    expect(await factsOf(ticket)).toMatchObject({
      status: "open",
      attention: { kind: "came_back", messageId: message._id, replyId: ticket.reply._id },
      lastMessageId: message._id,
      waitingSince: ticket.opening.at,
      state: "came_back",
    });
    expect((await storedThread(ticket.id)).history?.at(-1)).toMatchObject({
      kind: "came_back",
      statusFrom: "resolved",
      statusTo: "open",
    });
  });

  test("leaves the reply sent if only somebody in Cc did not get it", async () => {
    const ticket = await answered([ANN]);
    await comesBack(ticket.reply, { recipients: [ANN] });
    expect(await factsOf(ticket)).toMatchObject({
      status: "open",
      attention: { kind: "came_back" },
      state: "sent",
      undelivered: [{ address: ANN, said: expect.stringContaining("550 5.1.1") }],
    });
    await comesBack(ticket.reply);
    expect(await storedMessage(ticket.reply._id)).toMatchObject({ state: "came_back" });
  });

  test("is about the whole reply if it names an address that the reply did not go to", async () => {
    const ticket = await answered([ANN]);
    await comesBack(ticket.reply, { recipients: ["elsewhere@forwarded.example"] });
    expect(await storedMessage(ticket.reply._id)).toMatchObject({ state: "came_back" });
  });

  test("does not let the customer wait if a later reply went out", async () => {
    const ticket = await answered();
    await answer(ticket.id, { text: "And this" });
    await deliverAll();
    await comesBack(ticket.reply);
    expect(await storedThread(ticket.id)).toMatchObject({
      attention: { kind: "came_back" },
      waitingSince: null,
    });
  });

  test("that the reply is delayed keeps it sent", async () => {
    const ticket = await answered();
    await comesBack(ticket.reply, { outcome: "delayed", words: "451 4.4.1 No answer from host" });
    expect(await factsOf(ticket)).toMatchObject({
      status: "open",
      attention: { kind: "delayed" },
      waitingSince: null,
      state: "sent",
    });
  });

  test("for a second time changes nothing", async () => {
    const ticket = await answered();
    await comesBack(ticket.reply);
    const before = await factsOf(ticket);
    await comesBack(ticket.reply);
    expect(await factsOf(ticket)).toEqual(before);
    expect((await storedThread(ticket.id)).messageCount).toBe(4);
  });

  test("without any Message-ID is about the newest reply to that recipient", async () => {
    const ticket = await answered();
    const later = await answer(ticket.id, { text: "And this" });
    await deliverAll();
    const { thread } = await comesBack(ticket.reply, { about: null });
    expect(thread._id.toHexString()).toBe(ticket.id);
    expect(await storedMessage(later._id)).toMatchObject({ state: "came_back" });
    expect(await storedMessage(ticket.reply._id)).toMatchObject({ state: "sent" });
  });

  test.each(["References", "text"])("finds the reply by a Message-ID in its %s alone", async (place) => {
    const ticket = await answered();
    const { rfcMessageId } = ticket.reply;
    const inText = `\r\n550 5.1.1 nobody of that name\r\n\r\nMessage-ID: ${rfcMessageId}\r\n`;
    const raw = rawMail({
      header: {
        From: "MAILER-DAEMON@mx.relay.example",
        Subject: "Undelivered Mail Returned to Sender",
        ...(place === "References" ? { References: rfcMessageId } : {}),
      },
      body: `Your message could not be delivered.${place === "text" ? inText : ""}`,
    });
    await deliver(raw, { from: "" });
    expect(await storedMessage(ticket.reply._id)).toMatchObject({ state: "came_back" });
  });

  test("about a ticket whose customer was erased opens another ticket and brings nothing back", async () => {
    const ticket = await answered();
    await EmailThread.updateOne({ _id: ticket.id }, { $set: { emptiedAt: new Date() } });
    const { thread } = await comesBack(ticket.reply);
    expect(thread._id.toHexString()).not.toBe(ticket.id);
    expect((await storedThread(ticket.id)).attention ?? null).toBeNull();
  });
});

describe("a report that anybody could have written", () => {
  async function expectOnlyFiled(
    ticket: Awaited<ReturnType<typeof answered>>,
    arrive: () => Promise<string>,
  ) {
    const before = await factsOf(ticket);
    const messageId = await arrive();
    expect(await factsOf(ticket)).toEqual(before);
    expect(await storedMessage(messageId)).toMatchObject({
      automatic: true,
      threadId: (await storedThread(ticket.id))._id,
      notice: { kind: "came_back", replyId: ticket.reply._id, isProven: false },
    });
  }

  test("because it came by SMTP from a sender is filed as such, and changes nothing else", async () => {
    const ticket = await answered();
    await expectOnlyFiled(ticket, async () => {
      const raw = rawReport({ about: ticket.reply, recipients: ticket.reply.to });
      return (await deliver(raw, { from: "sly@elsewhere.example" })).message._id;
    });
  });

  test("because it was posted with a person's Return-Path is filed as such, and changes nothing else", async () => {
    const ticket = await answered();
    await expectOnlyFiled(ticket, async () => {
      const header = { "Return-Path": "<sly@elsewhere.example>" };
      const raw = rawReport({ about: ticket.reply, recipients: ticket.reply.to, header });
      const envelope = { from: null, to: [] };
      const { ledgerId } = await receiveMail({ raw, envelope, source: "http" });
      await ingestAll();
      return (await storedRow(ledgerId)).messageId ?? "";
    });
  });

  test("without a Message-ID is not looked up by its recipient", async () => {
    const ticket = await answered();
    const before = await factsOf(ticket);
    const raw = rawReport({ about: null, recipients: ticket.reply.to });
    const { thread } = await deliver(raw, { from: "sly@elsewhere.example" });
    expect(thread._id.toHexString()).not.toBe(ticket.id);
    expect(await factsOf(ticket)).toEqual(before);
  });
});

test("a report about another mail to the same recipient leaves the reply and its ticket as they are", async () => {
  const ticket = await answered();
  const before = await factsOf(ticket);
  const about = { rfcMessageId: "<newsletter-7@elsewhere.example>" };
  const { thread } = await deliver(rawReport({ about, recipients: ticket.reply.to }), { from: "" });
  expect(thread._id.toHexString()).not.toBe(ticket.id);
  expect(thread).toMatchObject({ waitingSince: null }); // no customer wrote it
  expect(await factsOf(ticket)).toEqual(before);
});

test("a report finds its reply also if a mail server wrote the id's domain in capitals", async () => {
  const ticket = await answered();
  const [name = "", domain = ""] = (ticket.reply.rfcMessageId ?? "").split("@");
  const about = { rfcMessageId: `${name}@${domain.toUpperCase()}` };
  await deliver(rawReport({ about, recipients: ticket.reply.to }), { from: "" });
  expect(await factsOf(ticket)).toMatchObject({ status: "open", state: "came_back" });
});

test("a report that names strangers as well blames the reply's own recipient alone", async () => {
  const ticket = await answered();
  const [to = ""] = ticket.reply.to;
  const { message } = await comesBack(ticket.reply, { recipients: ["strange@farm.example", to] });
  expect(message.notice?.recipients.map(({ address }) => address)).toEqual([to]);
});

test("a delay for one recipient does not hide that the reply came back from another", async () => {
  const ticket = await answered([ANN]);
  await comesBack(ticket.reply, { recipients: [ANN] });
  await comesBack(ticket.reply, { outcome: "delayed" });
  expect((await storedThread(ticket.id)).attention).toMatchObject({ kind: "came_back" });
});

test("a report that the reply arrived takes its delay away, and nothing else", async () => {
  const ticket = await answered([ANN]);
  await comesBack(ticket.reply, { outcome: "delayed" });
  expect((await storedThread(ticket.id)).attention).toMatchObject({ kind: "delayed" });
  await comesBack(ticket.reply, { outcome: "delivered" });
  const thread = await storedThread(ticket.id);
  expect(thread).toMatchObject({ status: "open", attention: null });
  expect(thread).not.toHaveProperty("needsLookAt");

  await comesBack(ticket.reply, { recipients: [ANN] });
  await comesBack(ticket.reply, { outcome: "delivered" });
  expect((await storedThread(ticket.id)).attention).toMatchObject({ kind: "came_back" });
});

test("an absence answer with the null sender is no report, and changes nothing", async () => {
  const ticket = await answered();
  const before = await factsOf(ticket);
  const header = {
    From: ticket.opening.from,
    "In-Reply-To": ticket.reply.rfcMessageId,
    Subject: "Automatic reply: Re: Question",
    "Auto-Submitted": "auto-replied",
  };
  const { message } = await deliver(rawMail({ header, body: "I am away." }), { from: "" });
  expect(message).not.toHaveProperty("notice");
  expect(await factsOf(ticket)).toEqual(before);
  expect(await EmailMessage.countDocuments({ threadId: message.threadId })).toBe(3);
});
