import { describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import { Member } from "@/models/MemberModel";
import {
  deliver,
  ingestAll,
  messagesOf,
  rawAnswer,
  rawMail,
  receive,
  storedRow,
} from "@/tests/support/factories/inbound-mails";
import { member, storedThread } from "@/tests/support/factories/threads";

describe("a customer's mail", () => {
  test("becomes an open, unassigned ticket", async () => {
    const raw = rawMail({
      header: {
        From: "=?utf-8?Q?J=C3=BCrgen?= <j@example.com>",
        Subject: "Payment failed",
        "Message-ID": "<new-1@example.com>",
      },
      body: "Hi, my card was declined.\r\n\r\nJ",
    });
    const { thread, message, row } = await deliver(raw);
    expect(thread).toMatchObject({
      inbox: "support@desk.example",
      to: "support@desk.example",
      from: "j@example.com",
      fromName: "Jürgen",
      subject: "Payment failed",
      status: "open",
      assignedTo: null,
      receivedAt: row.receivedAt,
      lastMessageAt: row.receivedAt,
      lastInboundAt: row.receivedAt,
      lastMessageId: message._id,
      excerpt: "Hi, my card was declined. J",
      messageCount: 1,
      revision: 1,
      history: [{ kind: "received", revision: 1, messageId: message._id, by: null }],
    });
    expect(thread._id.toHexString()).toBe(row._id.slice(0, 24));
    expect(thread.cardsDueAt).toBeInstanceOf(Date);
    expect(thread.eventsDueAt).toBeInstanceOf(Date);
    expect(message).toMatchObject({
      direction: "inbound",
      rfcMessageId: "<new-1@example.com>",
      text: "Hi, my card was declined.\n\nJ",
      to: ["support@desk.example"],
      automatic: false,
      parseProblem: null,
      ledgerId: row._id,
      at: row.receivedAt,
    });
    expect(row).toMatchObject({ state: "ticketed", copies: 1, dueAt: null, leaseId: null });
  });

  test("joins the ticket of the mail that it answers", async () => {
    const first = await deliver(rawMail());
    const second = await deliver(rawAnswer(first.message));
    expect(second.thread._id).toEqual(first.thread._id);
    expect(second.thread).toMatchObject({
      messageCount: 2,
      revision: 2,
      receivedAt: first.thread.receivedAt,
      lastInboundAt: second.row.receivedAt,
      lastMessageId: second.message._id,
      history: [{ kind: "received" }, { kind: "customer_replied", messageId: second.message._id }],
    });
  });

  test.each(["waiting", "resolved"] as const)(
    "opens a %s ticket again and keeps the assignee",
    async (status) => {
      const { threadId, message } = await deliver(rawMail());
      const priya = member("Priya Nair");
      await setTicketStatus(threadId, status, priya);
      await deliver(rawAnswer(message));
      expect(await storedThread(threadId)).toMatchObject({
        status: "open",
        resolvedAt: null,
        assignedTo: priya.id,
        history: [{}, {}, { kind: "customer_replied", statusFrom: status, statusTo: "open" }],
      });
    },
  );

  test("leaves a ticket in progress", async () => {
    const { threadId, message } = await deliver(rawMail());
    await setTicketStatus(threadId, "in_progress", member("Priya Nair"));
    await deliver(rawAnswer(message));
    expect(await storedThread(threadId)).toMatchObject({ status: "in_progress" });
  });

  test("makes the ticket unassigned if its assignee left the team", async () => {
    const { threadId, message } = await deliver(rawMail());
    const gone = member("Gone Person");
    await Member.create({
      _id: gone.id,
      email: gone.email,
      name: gone.name,
      role: "member",
      lastSeenAt: new Date(),
      removedAt: new Date(),
    });
    await claimTicket(threadId, gone);
    await deliver(rawAnswer(message));
    expect(await storedThread(threadId)).toMatchObject({
      assignedTo: null,
      claimedAt: null,
      history: [{}, {}, { kind: "customer_replied", assignee: { id: gone.id } }],
    });
  });

  test("from somebody new joins the ticket that its References name", async () => {
    const { message, thread } = await deliver(rawMail());
    const colleague = await deliver(
      rawMail({ header: { From: "colleague@example.com", References: message.rfcMessageId } }),
    );
    expect(colleague.thread._id).toEqual(thread._id);
    expect(colleague.thread.from).toBe(thread.from);
  });

  test("with the subject of another customer's ticket is a new ticket", async () => {
    const one = await deliver(rawMail({ header: { Subject: "Re: Invoice" } }));
    const other = await deliver(rawMail({ header: { Subject: "Re: Invoice" } }));
    expect(other.thread._id).not.toEqual(one.thread._id);
  });
});

describe("the same mail", () => {
  test("twenty times at once is one ticket, and one row that counts the copies", async () => {
    const raw = rawMail();
    const receipts = await Promise.all(Array.from({ length: 20 }, () => receive(raw)));
    await Promise.all(Array.from({ length: 5 }, () => ingestAll()));
    const row = await storedRow(receipts[0]?.ledgerId ?? "");
    expect(new Set(receipts.map((receipt) => receipt.ledgerId)).size).toBe(1);
    expect(receipts.filter((receipt) => !receipt.duplicate)).toHaveLength(1);
    expect(row).toMatchObject({ state: "ticketed", copies: 20 });
    expect(await EmailMessage.countDocuments({ ledgerId: row._id })).toBe(1);
  });

  test("by another route, with other trace fields and line ends, is a duplicate", async () => {
    const raw = rawMail();
    const first = await receive(raw);
    const travelled = Buffer.concat([
      Buffer.from("Received: from mx.example\r\n\tby relay.example\r\nDKIM-Signature: v=1;\r\n b=abc\r\n"),
      raw,
      Buffer.from("\r\n"),
    ]);
    const again = await receive(Buffer.from(travelled.toString("latin1").replaceAll("\r\n", "\n"), "latin1"));
    expect(again).toEqual({ ledgerId: first.ledgerId, duplicate: true });
  });

  test("with another header is one message, and both rows lead to its ticket", async () => {
    const raw = rawMail();
    const first = await deliver(raw);
    const again = await deliver(Buffer.concat([Buffer.from("X-Scanner: seen\r\n"), raw]));
    expect(again.row._id).not.toBe(first.row._id);
    expect(again.message._id).toBe(first.message._id);
    expect(await messagesOf(first.thread._id)).toHaveLength(1);
  });
});

describe("the same Message-ID", () => {
  test("with other content is another mail, in a ticket of its own", async () => {
    const header = { "Message-ID": "<reused@parcels.example>" };
    const one = await deliver(rawMail({ header, body: "Your parcel 1 is on its way." }));
    const two = await deliver(rawMail({ header, body: "Your parcel 2 is on its way." }));
    expect(two.message._id).not.toBe(one.message._id);
    expect(two.thread._id).not.toEqual(one.thread._id);
  });
});
