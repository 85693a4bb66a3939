import { describe, expect, test } from "vitest";
import { ThreadId } from "@/lib/api/contracts";
import { aliasId } from "@/lib/mail/message-id";
import { claimTicket } from "@/lib/tickets/claim";
import { replyToTicket } from "@/lib/tickets/reply";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import {
  createMail,
  createTicket,
  deliverAll,
  storedMessage,
  storedReplies,
} from "@/tests/support/factories/mails";
import { createLegacyThread, createThread, member, storedThread } from "@/tests/support/factories/threads";
import { mailCatcherForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const jonas = member("Jonas Weber");
const catcher = await mailCatcherForFile();

const caughtFor = (thread: { from?: string }) =>
  catcher.mails().filter(({ envelopeTo }) => envelopeTo[0] === thread.from);

describe("replyToTicket", () => {
  test("gives an unassigned ticket to the author and sends the mail", async () => {
    const { thread, mail } = await createTicket();
    const reply = await replyToTicket(
      { threadId: thread.id, text: "Here you go.", lastSeenMessageId: mail._id },
      priya,
    );
    await deliverAll();
    const stored = await storedThread(thread.id);
    expect(reply).toMatchObject({
      ok: true,
      value: {
        state: "queued",
        assignment: { assignedTo: priya.id, claimedAt: stored.claimedAt?.toISOString() },
      },
    });
    const [row] = await storedReplies(thread);
    expect(row).toMatchObject({
      state: "sent",
      to: [thread.from],
      authorId: priya.id,
      attempts: 1,
      lastError: null,
    });
    expect(stored).toMatchObject({
      assignedTo: priya.id,
      assignedToEmail: priya.email,
      status: "in_progress",
      lastMessageId: row?._id,
      messageCount: 2,
      history: [{ kind: "replied", messageId: row?._id, sawMessageId: row?._id, by: { id: priya.id } }],
    });
    expect(caughtFor(thread)).toMatchObject([{ text: "Here you go.\n", envelopeTo: [thread.from] }]);
  });

  test("keeps claimedAt if the author holds the ticket already, and sets the status sent along", async () => {
    const { thread, mail } = await createTicket();
    const claim = await claimTicket(thread.id, priya);
    await replyToTicket(
      { threadId: thread.id, text: "Done.", lastSeenMessageId: mail._id, status: "resolved" },
      priya,
    );
    const stored = await storedThread(thread.id);
    expect(claim).toMatchObject({ value: { claimedAt: stored.claimedAt?.toISOString() } });
    expect(stored).toMatchObject({ status: "resolved", resolvedAt: expect.any(Date) });
  });

  test("names the assignee and stores nothing if somebody else holds the ticket", async () => {
    const { thread, mail } = await createTicket();
    const claim = await claimTicket(thread.id, jonas);
    const before = await storedThread(thread.id);
    const reply = await replyToTicket(
      { threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id },
      priya,
    );
    expect(reply).toEqual({
      ok: false,
      failure: { reason: "already_claimed", ...(claim.ok ? claim.value : {}) },
    });
    expect(await storedThread(thread.id)).toEqual(before);
    expect(await storedReplies(thread)).toEqual([]);
  });

  test("holds the reply and shows the newer mail if the customer wrote again, then sends under the same key", async () => {
    const { thread, mail } = await createTicket();
    const newer = await createMail(thread, { text: "One more thing" });
    const request = { threadId: thread.id, text: "Hi", key: "one", lastSeenMessageId: mail._id };
    expect(await replyToTicket(request, priya)).toMatchObject({
      ok: false,
      failure: {
        reason: "newer_messages",
        lastMessageId: newer._id,
        messages: [{ _id: newer._id, text: "One more thing" }],
      },
    });
    expect(await storedReplies(thread)).toEqual([]);
    expect((await storedThread(thread.id)).assignedTo).toBeNull();

    expect(await replyToTicket({ ...request, lastSeenMessageId: newer._id }, priya)).toMatchObject({
      ok: true,
    });
    expect(await storedReplies(thread)).toHaveLength(1);
  });

  test("shows the author's own reply from another tab as newer", async () => {
    const { thread, mail } = await createTicket();
    const seen = { threadId: thread.id, lastSeenMessageId: mail._id };
    const first = await replyToTicket({ ...seen, text: "First", key: "a" }, priya);
    const second = await replyToTicket({ ...seen, text: "Second", key: "b" }, priya);
    expect(second).toMatchObject({ failure: { reason: "newer_messages", messages: [{ text: "First" }] } });
    expect(first).toMatchObject({ ok: true });
  });

  test("is not held by an automatic mail", async () => {
    const { thread, mail } = await createTicket();
    await createMail(thread, { automatic: true });
    const reply = await replyToTicket(
      { threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id },
      priya,
    );
    expect(reply).toMatchObject({ ok: true });
  });

  test("shows the last messages if the one seen is of another ticket", async () => {
    const { thread, mail } = await createTicket();
    const reply = await replyToTicket(
      { threadId: thread.id, text: "Hi", lastSeenMessageId: "f".repeat(64) },
      priya,
    );
    expect(reply).toMatchObject({ failure: { reason: "newer_messages", messages: [{ _id: mail._id }] } });
  });

  test("answers a retry from the stored reply, and refuses another text under the same key", async () => {
    const { thread, mail } = await createTicket();
    const request = { threadId: thread.id, text: "Hi", key: "one", lastSeenMessageId: mail._id };
    const first = await replyToTicket(request, priya);
    await deliverAll();
    await unclaimTicket(thread.id, priya);
    expect(await replyToTicket(request, priya)).toEqual({
      ok: true,
      value: { ...(first.ok ? first.value : {}), state: "sent" },
    });
    expect(await replyToTicket({ ...request, text: "Hello" }, priya)).toEqual({
      ok: false,
      failure: { reason: "key_reused", text: "Hi" },
    });
    expect(caughtFor(thread)).toHaveLength(1);
  });

  test("treats the same key of two members as two keys", async () => {
    const { thread, mail } = await createTicket();
    const request = { threadId: thread.id, text: "Hi", key: "one", lastSeenMessageId: mail._id };
    await replyToTicket(request, priya);
    expect(await replyToTicket(request, jonas)).toMatchObject({ failure: { reason: "already_claimed" } });
  });

  test("fails with not_found if there is no such ticket", async () => {
    const reply = await replyToTicket({ threadId: ThreadId.parse("f".repeat(24)), text: "Hi" }, priya);
    expect(reply).toEqual({ ok: false, failure: { reason: "not_found" } });
  });
});

describe("replyToTicket without lastSeenMessageId", () => {
  test("is accepted on a ticket with only its first mail", async () => {
    const { thread } = await createTicket();
    expect(await replyToTicket({ threadId: thread.id, text: "Hi" }, priya)).toMatchObject({ ok: true });
  });

  test("is held in a longer conversation in which the author never acted", async () => {
    const { thread } = await createTicket();
    const newer = await createMail(thread);
    const reply = await replyToTicket({ threadId: thread.id, text: "Hi" }, priya);
    expect(reply).toMatchObject({ failure: { reason: "newer_messages", messages: [{ _id: newer._id }] } });
  });

  test("counts the author's claim, status change and reply as having seen the messages before it", async () => {
    const { thread } = await createTicket();
    await createMail(thread);
    await claimTicket(thread.id, priya);
    expect(await replyToTicket({ threadId: thread.id, text: "One" }, priya)).toMatchObject({ ok: true });
    expect(await replyToTicket({ threadId: thread.id, text: "Two" }, priya)).toMatchObject({ ok: true });
    await createMail(thread);
    expect(await replyToTicket({ threadId: thread.id, text: "Three" }, priya)).toMatchObject({ ok: false });
    const { lastMessageId } = await storedThread(thread.id);
    await setTicketStatus(thread.id, "waiting", priya, { lastSeenMessageId: lastMessageId });
    expect(await replyToTicket({ threadId: thread.id, text: "Three" }, priya)).toMatchObject({ ok: true });
  });

  test("is the same reply if it is sent again after a lost answer", async () => {
    const { thread } = await createTicket();
    const first = await replyToTicket({ threadId: thread.id, text: "Hi" }, priya);
    await deliverAll();
    const again = await replyToTicket({ threadId: thread.id, text: "Hi" }, priya);
    expect(again).toMatchObject({ ok: true, value: { messageId: first.ok ? first.value.messageId : "" } });
    expect(caughtFor(thread)).toHaveLength(1);
  });

  test("is accepted on a thread stored before messages were", async () => {
    const { id, _id } = await createLegacyThread();
    expect(await replyToTicket({ threadId: id, text: "Hi", lastSeenMessageId: null }, priya)).toMatchObject({
      ok: true,
    });
    const [row] = await storedReplies({ _id });
    expect(row).toMatchObject({ to: ["old@example.com"], subject: "Re: From before", inReplyTo: null });
    expect(await storedThread(id)).toMatchObject({
      assignedTo: priya.id,
      lastMessageId: row?._id,
      messageCount: 1,
    });
    await deliverAll();
    expect(await storedMessage(row?._id ?? "")).toMatchObject({ state: "sent" });
  });

  test("is refused if the ticket has no address that mail can be sent to", async () => {
    for (const from of ["", "unknown sender", "support@desk.example", "a@x.example, b@x.example"]) {
      const thread = await createThread({ from });
      const reply = await replyToTicket({ threadId: thread.id, text: "Hi" }, priya);
      expect(reply).toEqual({ ok: false, failure: { reason: "no_recipient" } });
      expect(await EmailMessage.countDocuments({ threadId: thread._id })).toBe(0);
    }
  });

  test("stores its Message-ID, so an answer to it finds the ticket", async () => {
    const { thread } = await createTicket();
    await replyToTicket({ threadId: thread.id, text: "Hi" }, priya);
    const [row] = await storedReplies(thread);
    const alias = await ThreadAlias.findById(aliasId("support@desk.example", row?.rfcMessageId ?? "")).lean();
    expect(alias?.threadId).toEqual(thread._id);
  });
});
