import { describe, expect, test } from "vitest";
import { aliasId } from "@/lib/mail/message-id";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import {
  deliver,
  ingestAll,
  multipart,
  rawMail,
  receive,
  storedRow,
} from "@/tests/support/factories/inbound-mails";
import { member, storedThread } from "@/tests/support/factories/threads";

/** A resolved ticket and the Message-ID of its mail. */
async function resolvedTicket() {
  const { threadId: id, message } = await deliver(rawMail());
  await setTicketStatus(id, "resolved", member("Priya Nair"));
  return { id, thread: await storedThread(id), messageId: message.rfcMessageId ?? "" };
}

/** Stores a sent reply of the desk in the thread. Returns its Message-ID. */
async function sentReply(threadId: string, name: string) {
  const rfcMessageId = `<${name}@desk.example>`;
  const at = new Date();
  await EmailMessage.create({
    _id: aliasId("reply", rfcMessageId),
    threadId,
    direction: "outbound",
    rfcMessageId,
    to: ["gone@example.com"],
    state: "sent",
    at,
  });
  await ThreadAlias.create({ _id: aliasId("support@desk.example", rfcMessageId), threadId, at });
  return rfcMessageId;
}

const SIGNALS: [string, Record<string, string>, string?][] = [
  ["Auto-Submitted", { "Auto-Submitted": "auto-replied" }],
  ["X-Autoreply", { "X-Autoreply": "yes" }],
  ["X-Autorespond", { "X-Autorespond": "Re: hello" }],
  ["X-Mail-Autoreply", { "X-Mail-Autoreply": "customer@example.com" }],
  [
    "the marks of a newsletter",
    { "List-Id": "<news.example.com>", "List-Unsubscribe": "<https://news.example.com/1>" },
  ],
  ["Precedence: auto_reply", { Precedence: "auto_reply" }],
  ["the null sender", {}, ""],
  ["a null Return-Path", { "Return-Path": "<>" }],
  ["MAILER-DAEMON", { From: "Mail Delivery System <MAILER-DAEMON@mx.example>" }],
];

describe("automatic mail", () => {
  test.each(SIGNALS)("with %s changes nothing but the number of messages", async (_signal, header, from) => {
    const { id, thread, messageId } = await resolvedTicket();
    const raw = rawMail({ header: { ...header, "In-Reply-To": messageId } });
    const { message } = await deliver(raw, from === undefined ? {} : { from });
    expect(message).toMatchObject({ automatic: true, threadId: thread._id });
    expect(await storedThread(id)).toEqual({ ...thread, messageCount: 2 });
  });

  test("that answers nothing is a ticket too, and holds no reply", async () => {
    const { thread } = await deliver(rawMail({ header: { "Auto-Submitted": "auto-generated" } }));
    expect(thread).toMatchObject({ status: "open", lastMessageId: null, messageCount: 1, revision: 1 });
  });

  test.each([
    ["Auto-Submitted: no", { "Auto-Submitted": "no" }],
    ["Precedence: bulk on an answer", { Precedence: "bulk" }],
    [
      "another helpdesk, by which a person answers",
      {
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Mailer": "Zendesk Mailer",
      },
    ],
    [
      "X-Auto-Response-Suppress, which Exchange adds to mail of people",
      { "X-Auto-Response-Suppress": "All" },
    ],
    [
      "the headers of the desk's own mailing group",
      {
        Precedence: "list",
        "List-Post": "<mailto:support@desk.example>",
        "List-Id": "<support.desk.example>",
      },
    ],
  ])("is not assumed because of %s", async (_signal, header) => {
    const { id, messageId } = await resolvedTicket();
    await deliver(rawMail({ header: { ...header, "In-Reply-To": messageId } }));
    expect(await storedThread(id)).toMatchObject({ status: "open" });
  });
});

describe("our own mail", () => {
  test("that comes back is ignored as an echo and changes no ticket", async () => {
    const { id, thread } = await resolvedTicket();
    const rfcMessageId = await sentReply(id, "echoed");
    for (const header of [rfcMessageId, rfcMessageId.replace("desk.example", "DESK.EXAMPLE")]) {
      const { ledgerId } = await receive(rawMail({ header: { "Message-ID": header } }));
      await ingestAll();
      expect(await storedRow(ledgerId)).toMatchObject({ state: "ignored", reason: "echo", dueAt: null });
    }
    expect(await storedThread(id)).toEqual(thread);
  });

  test("sent by hand from the desk's address joins its ticket without opening it again", async () => {
    const { id, thread, messageId } = await resolvedTicket();
    const header = { From: "Support@Desk.example", "In-Reply-To": messageId };
    const { message } = await deliver(rawMail({ header }));
    expect(await storedThread(id)).toMatchObject({
      status: "resolved",
      lastMessageId: message._id,
      lastInboundAt: thread.lastInboundAt,
      excerpt: thread.excerpt,
      messageCount: 2,
    });
  });
});

describe("a bounce", () => {
  const report = (returnedId: string, action = "failed") => {
    const parts = multipart(
      "report; report-type=delivery-status",
      "Content-Type: text/plain\r\n\r\nYour mail could not be delivered.",
      `Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; gone@example.com\r\nAction: ${action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such user`,
      `Content-Type: text/rfc822-headers\r\n\r\nFrom: support@desk.example\r\nMessage-ID:\r\n ${returnedId}`,
    );
    return rawMail({ ...parts, header: { ...parts.header, From: "MAILER-DAEMON@mx.example" } });
  };

  test("joins the thread of the returned reply, which came back, and opens it again", async () => {
    const { id, thread } = await resolvedTicket();
    const rfcMessageId = await sentReply(id, "bounced");
    const { message } = await deliver(report(rfcMessageId), { from: "" });
    expect(message).toMatchObject({ threadId: thread._id, automatic: true });
    const reply = await EmailMessage.findOne({ rfcMessageId }).orFail().lean();
    expect(reply).toMatchObject({ state: "came_back", lastError: null });
    expect(message.notice).toMatchObject({
      kind: "came_back",
      replyId: reply._id,
      cause: "no_mailbox",
      recipients: [{ address: "gone@example.com", status: "5.1.1" }],
      isProven: true,
    });
    expect(await storedThread(id)).toMatchObject({
      status: "open",
      attention: { kind: "came_back", messageId: message._id },
      lastMessageId: message._id,
      messageCount: (thread.messageCount ?? 0) + 1,
    });
  });

  test("that reports a delay leaves the reply as it is", async () => {
    const { id } = await resolvedTicket();
    const rfcMessageId = await sentReply(id, "delayed");
    await deliver(report(rfcMessageId, "delayed"), { from: "" });
    expect(await EmailMessage.findOne({ rfcMessageId }).lean()).toMatchObject({ lastError: null });
  });

  test("of an unknown mail is a ticket, so nothing is lost", async () => {
    const { thread } = await deliver(report("<strange@elsewhere.example>"), { from: "" });
    expect(thread).toMatchObject({ messageCount: 1, excerpt: "Your mail could not be delivered." });
  });
});
