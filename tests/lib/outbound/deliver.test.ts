import { beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { SMTP_TIMEOUTS } from "@/lib/mail/smtp";
import { deliverStep, LEASE_MS, retryDelayMs } from "@/lib/outbound/deliver";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { claimTicket } from "@/lib/tickets/claim";
import { replyToTicket } from "@/lib/tickets/reply";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import type { Fault } from "@/tests/support/smtp/faulty-smtp";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();

beforeEach(async () => {
  await EmailMessage.deleteMany({});
  server.mails.splice(0);
});

const later = (ms: number) => new Date(Date.now() + ms);

async function queueReply({ undoSeconds = 0 } = {}) {
  const { thread, mail } = await createTicket();
  const request = { threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id, undoSeconds };
  await replyToTicket(request, priya);
  const [row] = await storedReplies(thread);
  if (!row) throw new Error("The reply was not accepted");
  return { thread, id: row._id, rfcMessageId: row.rfcMessageId ?? "" };
}

/** Queues a reply and makes one attempt, at which the server has `fault`. */
async function attempt(fault?: Fault) {
  const reply = await queueReply();
  server.behave(...(fault ? [fault] : []));
  await deliverStep(new Date());
  await tellThreadStep(new Date());
  return reply;
}

describe("deliverStep", () => {
  test("records an accepted reply as sent, and as the ticket's first reply", async () => {
    const { thread, id, rfcMessageId } = await attempt();
    const row = await storedMessage(id);
    expect(row).toMatchObject({ state: "sent", attempts: 1, dueAt: null, leaseId: null, lastError: null });
    expect((await storedThread(thread.id)).firstRepliedAt).toEqual(row.sentAt);
    expect(server.accepted(rfcMessageId)).toBe(1);
  });

  test("keeps the date of the first reply", async () => {
    const { thread } = await attempt();
    const { firstRepliedAt, lastMessageId } = await storedThread(thread.id);
    await replyToTicket({ threadId: thread.id, text: "And", lastSeenMessageId: lastMessageId }, priya);
    await deliverAll();
    expect((await storedReplies(thread)).map(({ state }) => state)).toEqual(["sent", "sent"]);
    expect((await storedThread(thread.id)).firstRepliedAt).toEqual(firstRepliedAt);
  });

  test("does nothing before a reply is due", async () => {
    const { id } = await queueReply({ undoSeconds: 30 });
    expect(await deliverStep(new Date())).toEqual({ worked: false });
    await deliverAll(later(31_000));
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
  });

  test("keeps the reply queued while the server is down, and delivers it afterwards", async () => {
    await server.stop();
    const { thread, id, rfcMessageId } = await attempt();
    const waiting = await storedMessage(id);
    expect(waiting).toMatchObject({
      state: "queued",
      attempts: 1,
      leaseId: null,
      lastError: "The mail server can't be reached right now.",
    });
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: priya.id, status: "in_progress" });
    expect((await storedThread(thread.id)).firstRepliedAt).toBeUndefined();
    await deliverAll();
    expect(await storedMessage(id)).toMatchObject({ attempts: 1 });

    await server.start();
    await deliverAll(later(retryDelayMs(1, 0) + 1_000));
    expect(await storedMessage(id)).toMatchObject({ state: "sent", attempts: 2, lastError: null });
    expect(server.accepted(rfcMessageId)).toBe(1);
  });

  test.each([
    { at: "greeting", do: "drop" },
    { at: "rcpt", do: "reset" },
    { at: "data", do: "drop" },
    { at: "rcpt", do: "answer", line: "450 Greylisted" },
    { at: "dot", do: "answer", line: "451 Try later" },
  ] as const)("delivers once after a first attempt with $do at $at", async (fault) => {
    const { id, rfcMessageId } = await attempt(fault);
    expect(await storedMessage(id)).toMatchObject({ state: "queued", attempts: 1 });
    await deliverAll(later(60_000));
    expect(await storedMessage(id)).toMatchObject({ state: "sent", attempts: 2 });
    expect(server.accepted(rfcMessageId)).toBe(1);
  });

  test("marks a refused reply as failed, with the server's answer and a history line", async () => {
    const { thread, id } = await attempt({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
    expect(await storedMessage(id)).toMatchObject({
      state: "failed",
      lastError: "The mail server refused the address: 550 5.1.1 No such user.",
    });
    const stored = await storedThread(thread.id);
    expect(stored.history?.at(-1)).toMatchObject({ kind: "delivery_settled", messageId: id, by: null });
    expect(stored).toMatchObject({ assignedTo: priya.id, cardsDueAt: expect.any(Date) });
    expect(stored.firstRepliedAt).toBeUndefined();
  });

  test.each(["accept_then_drop", "drop", "reset"] as const)(
    "does not send again after %s between the final dot and its answer",
    async (fault) => {
      const { thread, id, rfcMessageId } = await attempt({ at: "dot", do: fault });
      expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed", dueAt: null });
      await deliverAll(later(24 * 60 * 60_000));
      expect(server.accepted(rfcMessageId)).toBe(fault === "accept_then_drop" ? 1 : 0);
      expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({ kind: "delivery_settled" });
    },
  );

  test("marks an interrupted attempt as unconfirmed once its lease is over", async () => {
    const { thread, id } = await queueReply();
    const interrupted = { state: "sending", leaseId: "gone", dueAt: later(1_000), attempts: 1 } as const;
    await EmailMessage.updateOne({ _id: id }, { $set: interrupted });
    expect(await deliverStep(new Date())).toEqual({ worked: false });
    await Promise.all([deliverAll(later(2_000)), deliverAll(later(2_000))]);
    expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed", attempts: 1 });
    const lines = (await storedThread(thread.id)).history?.filter(({ kind }) => kind === "delivery_settled");
    expect(lines).toHaveLength(1);
  });

  /** Makes an attempt whose confirmation comes only after its lease ended and `meanwhile` is done. */
  async function confirmLate(meanwhile: (id: ContentId) => Promise<unknown>) {
    const { id } = await queueReply();
    server.behave({ at: "dot", do: "hold", line: "250 2.0.0 Taken" });
    const isHeld = server.held();
    const slow = deliverStep(new Date());
    await isHeld;
    await deliverStep(later(LEASE_MS + 1_000));
    expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed" });
    await meanwhile(ContentId.parse(id));
    server.letGo();
    await slow;
    return storedMessage(id);
  }

  test("marks a reply as sent if the confirmation comes after its lease", async () => {
    expect(await confirmLate(async () => {})).toMatchObject({ state: "sent", lastError: null });
  });

  test("keeps a person's decision if the confirmation comes after it", async () => {
    const row = await confirmLate((id) => settleDelivery(id, "send_again", priya));
    expect(row).toMatchObject({ state: "queued", attempts: 1 });
  });

  test("does not record the result of an attempt for a later one", async () => {
    const row = await confirmLate(async (id) => {
      server.behave({ at: "dot", do: "reset" });
      await settleDelivery(id, "send_again", priya);
      await deliverStep(new Date());
    });
    expect(row).toMatchObject({ state: "unconfirmed", attempts: 2 });
  });

  test("delivers every reply once with ten followers at the same time", async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => queueReply()));
    await Promise.all(Array.from({ length: 10 }, () => deliverAll()));
    for (const { id, rfcMessageId } of replies) {
      expect(await storedMessage(id)).toMatchObject({ state: "sent", attempts: 1 });
      expect(server.accepted(rfcMessageId)).toBe(1);
    }
  });

  test("adds no revision to the ticket of a reply that was sent", async () => {
    const { thread } = await queueReply();
    const { revision } = await storedThread(thread.id);
    await deliverAll();
    expect((await storedThread(thread.id)).revision).toBe(revision);
  });

  test("delivers a reply even if its author unclaimed the ticket since", async () => {
    const { thread, id } = await queueReply();
    await unclaimTicket(thread.id, priya);
    await claimTicket(thread.id, member("Jonas Weber"));
    await deliverAll();
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
  });
});

describe("retryDelayMs", () => {
  test("doubles from thirty seconds up to an hour, minus up to a quarter", () => {
    expect([1, 2, 3, 7, 8, 50].map((attempts) => retryDelayMs(attempts, 0) / 1_000)).toEqual([
      30, 60, 120, 1_920, 3_600, 3_600,
    ]);
    expect(retryDelayMs(1, 1)).toBe(22_500);
  });
});

test("a lease lasts longer than the longest SMTP dialogue", () => {
  expect(LEASE_MS).toBeGreaterThan(SMTP_TIMEOUTS.totalMs + 60_000);
});
