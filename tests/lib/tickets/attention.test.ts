import { beforeEach, describe, expect, test } from "vitest";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { claimTicket } from "@/lib/tickets/claim";
import { markSeen } from "@/lib/tickets/mark-seen";
import { replyToTicket } from "@/lib/tickets/reply";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import {
  answer,
  comesBack,
  customerWrites,
  noticesIn,
  ticketByMail,
} from "@/tests/support/factories/answered-tickets";
import { deliver, rawMail } from "@/tests/support/factories/inbound-mails";
import { createMember } from "@/tests/support/factories/members";
import { deliverAll, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { setEnv } from "@/tests/support/routes/identities";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const jonas = member("Jonas Weber");
await mailCatcherForFile();
beforeEach(() => EmailMessage.deleteMany({}));

const NOTHING = { attention: null, openAttention: [] };
type Ticket = Awaited<ReturnType<typeof ticketByMail>>;

/** A ticket whose sent answer came back. */
async function withBounce() {
  const ticket = await ticketByMail();
  const reply = await answer(ticket.id);
  await deliverAll();
  const { message: report } = await comesBack(reply);
  return { ...ticket, reply, report };
}

describe("what a ticket needs", () => {
  test("is an answer to the customer's mail, until somebody replies", async () => {
    const { id, opening } = await ticketByMail();
    expect(await storedThread(id)).toMatchObject({
      attention: { kind: "customer_mail", messageId: opening._id },
      waitingSince: opening.at,
    });
    await answer(id);
    expect(await storedThread(id)).toMatchObject({ ...NOTHING, waitingSince: null });
  });

  test("stays that a reply came back if the customer writes then", async () => {
    const ticket = await withBounce();
    await customerWrites(ticket);
    const thread = await storedThread(ticket.id);
    expect(thread.attention).toMatchObject({ kind: "came_back", messageId: ticket.report._id });
    expect(thread.openAttention).toMatchObject([{ kind: "came_back" }, { kind: "customer_mail" }]);
    expect(thread.needsLookAt).toEqual(thread.attention?.at);
  });

  test("stays after a colleague's proven mail, though the customer no longer waits", async () => {
    setEnv({ TRUSTED_AUTHSERV_IDS: "mx.desk.example" });
    const colleague = await createMember("Tuva Moe", { isDemo: true });
    const ticket = await ticketByMail();
    const header = {
      "Authentication-Results": "mx.desk.example; dkim=pass header.d=team.example",
      From: colleague.email,
      To: ticket.opening.from,
      "In-Reply-To": ticket.opening.rfcMessageId,
    };
    await deliver(rawMail({ header }));
    expect(await storedThread(ticket.id)).toMatchObject({
      attention: { kind: "customer_mail" },
      waitingSince: null,
    });
  });
});

describe("an undone reply", () => {
  test("opens its ticket again, which needs a look and whose customer waits as before", async () => {
    const { id, opening } = await ticketByMail();
    const reply = await answer(id, { status: "resolved", undoSeconds: 60 });
    expect(await settleDelivery(reply._id, "undo", priya)).toMatchObject({ ok: true });
    const [notice] = await noticesIn(id);
    expect(notice).toMatchObject({ notice: { kind: "undone", replyId: reply._id } });
    expect(await storedThread(id)).toMatchObject({
      status: "open",
      attention: { kind: "undone", messageId: notice?._id },
      lastMessageId: notice?._id,
      waitingSince: opening.at,
      assignedTo: priya.id,
    });
  });

  test("lets nobody wait who did not wait before it", async () => {
    const { id } = await ticketByMail();
    await answer(id);
    await deliverAll();
    const second = await answer(id, { text: "And this", undoSeconds: 60 });
    await settleDelivery(second._id, "undo", priya);
    expect(await storedThread(id)).toMatchObject({ attention: { kind: "undone" }, waitingSince: null });
  });
});

describe("a member who acts on a ticket", () => {
  const acts: {
    act: string;
    by: (ticket: Ticket, seen: string) => Promise<{ ok: boolean }>;
    waits: boolean;
  }[] = [
    {
      act: "marks it as seen",
      by: ({ id }, lastSeenMessageId) => markSeen({ threadId: id, lastSeenMessageId }, priya),
      waits: true,
    },
    {
      act: "replies",
      by: ({ id }, lastSeenMessageId) =>
        replyToTicket({ threadId: id, text: "Again", lastSeenMessageId }, priya),
      waits: false,
    },
    {
      act: "resolves it",
      by: ({ id }, lastSeenMessageId) => setTicketStatus(id, "resolved", priya, { lastSeenMessageId }),
      waits: false,
    },
    {
      act: "sets it to waiting",
      by: ({ id }, lastSeenMessageId) => setTicketStatus(id, "waiting", priya, { lastSeenMessageId }),
      waits: false,
    },
  ];

  test.each(acts)(
    "and $act takes all attention away if they saw the newest message",
    async ({ by, waits }) => {
      const ticket = await withBounce();
      const { message } = await customerWrites(ticket);
      expect(await by(ticket, message._id)).toMatchObject({ ok: true });
      const thread = await storedThread(ticket.id);
      expect(thread).toMatchObject(NOTHING);
      expect(thread).not.toHaveProperty("needsLookAt");
      expect(thread.waitingSince ? "waits" : null).toBe(waits ? "waits" : null);
    },
  );

  test.each(acts)("and $act is shown what is newer than they saw, notices too", async ({ by }) => {
    const ticket = await withBounce();
    const { message } = await customerWrites(ticket);
    const before = await storedThread(ticket.id);
    expect(await by(ticket, ticket.reply._id)).toMatchObject({
      ok: false,
      failure: {
        reason: "newer_messages",
        lastMessageId: message._id,
        messages: [{ _id: ticket.report._id, notice: { kind: "came_back" } }, { _id: message._id }],
      },
    });
    expect(await storedThread(ticket.id)).toEqual(before);
  });

  test("without naming a message is refused over a mail since their own last look", async () => {
    const ticket = await ticketByMail();
    await claimTicket(ticket.id, priya);
    const { message } = await customerWrites(ticket);
    for (const status of ["waiting", "resolved"] as const) {
      expect(await setTicketStatus(ticket.id, status, priya)).toMatchObject({
        failure: { reason: "newer_messages", messages: [{ _id: message._id }] },
      });
    }
    expect(await setTicketStatus(ticket.id, "in_progress", priya)).toMatchObject({ ok: true });
    expect(await setTicketStatus(ticket.id, "resolved", priya)).toMatchObject({ ok: true });
  });

  test("and marks an unassigned ticket as seen claims it, and another's not", async () => {
    const { id, opening } = await ticketByMail();
    const request = { threadId: id, lastSeenMessageId: opening._id };
    expect(await markSeen(request, priya)).toMatchObject({ ok: true, value: { assignedTo: priya.id } });
    await customerWrites({ opening });
    const { lastMessageId } = await storedThread(id);
    expect(await markSeen({ ...request, lastSeenMessageId: lastMessageId ?? "" }, jonas)).toMatchObject({
      failure: { reason: "already_claimed" },
    });
  });

  test("and repeats the call that marked it as seen is answered as before", async () => {
    const { id, opening } = await ticketByMail();
    const request = { threadId: id, lastSeenMessageId: opening._id };
    const first = await markSeen(request, priya, "op-1");
    expect(await markSeen(request, priya, "op-1")).toEqual(first);
    expect((await storedThread(id)).history?.filter(({ kind }) => kind === "seen")).toHaveLength(1);
  });
});

describe("the same text again within a minute, without the newest message seen", () => {
  const send = ({ id }: Ticket, more: Partial<Parameters<typeof replyToTicket>[0]> = {}) =>
    replyToTicket({ threadId: id, text: "Hi", ...more }, priya);

  test("is one mail of several calls with new keys, until its author names the first", async () => {
    const ticket = await ticketByMail();
    const outcomes = [];
    for (const key of ["a", "b", "c"]) outcomes.push(await send(ticket, { key }));
    outcomes.push(await send(ticket, { key: "d", text: " Hi\r\n" }));
    const thread = await storedThread(ticket.id);
    const { lastMessageId } = thread;
    const held = { ok: false, failure: { reason: "same_text", lastMessageId, messages: [{ text: "Hi" }] } };
    expect(outcomes).toMatchObject([{ ok: true }, held, held, held]);
    expect(await storedReplies(thread)).toHaveLength(1);
    expect(await send(ticket, { key: "e", lastSeenMessageId: lastMessageId })).toMatchObject({ ok: true });
    expect(await storedReplies(thread)).toHaveLength(2);
  });

  test("is not asked about if it is another text, in another ticket, or after a minute", async () => {
    const [ticket, other] = [await ticketByMail(), await ticketByMail()];
    const first = await send(ticket, { key: "a" });
    expect(await send(ticket, { key: "b", text: "Ho" })).toMatchObject({ ok: true });
    expect(await send(other, { key: "c" })).toMatchObject({ ok: true });
    const early = { at: new Date(Date.now() - 61_000) };
    await EmailMessage.updateOne({ _id: first.ok ? first.value.messageId : "" }, { $set: early });
    expect(await send(ticket, { key: "d" })).toMatchObject({ ok: true });
  });

  test("is held for the customer's mail if one came in between", async () => {
    const ticket = await ticketByMail();
    await send(ticket, { key: "a" });
    const { message } = await customerWrites(ticket);
    expect(await send(ticket, { key: "b" })).toMatchObject({
      failure: { reason: "newer_messages", messages: [{ _id: message._id }] },
    });
    expect(await send(ticket, { key: "b", lastSeenMessageId: message._id })).toMatchObject({ ok: true });
  });
});
