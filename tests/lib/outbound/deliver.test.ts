import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { deliverStep, LEASE_MS, retryDelayMs } from "@/lib/outbound/deliver";
import { SMTP_TIMEOUTS } from "@/lib/mail/smtp";
import { claimTicket } from "@/lib/tickets/claim";
import { ContentId } from "@/lib/api/contracts";
import { replyToTicket } from "@/lib/tickets/reply";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailMessage } from "@/models/EmailMessageModel";
import { startFaultySmtp, type Fault, type FaultySmtp } from "@/tests/support/smtp/faulty-smtp";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
let server: FaultySmtp;

beforeAll(async () => {
  server = await startFaultySmtp();
  process.env.SMTP_URL = server.url;
});
afterAll(() => server.stop());
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

/** Queues a reply and makes one attempt, which meets `fault`. */
async function attempt(fault?: Fault) {
  const reply = await queueReply();
  server.behave(...(fault ? [fault] : []));
  await deliverStep(new Date());
  return reply;
}

describe("deliverStep", () => {
  test("records a taken reply as sent, and the ticket's first answer with it", async () => {
    const { thread, id, rfcMessageId } = await attempt();
    const row = await storedMessage(id);
    expect(row).toMatchObject({ state: "sent", attempts: 1, dueAt: null, leaseUntil: null, lastError: null });
    expect((await storedThread(thread.id)).firstRepliedAt).toEqual(row.sentAt);
    expect(server.accepted(rfcMessageId)).toBe(1);
  });

  test("leaves the date of the first answer at the first answer", async () => {
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

  test("keeps the reply queued and the ticket claimed while the server is down, and delivers it afterwards", async () => {
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
  ] as const)("delivers once where the first attempt met a $do at $at", async (fault) => {
    const { id, rfcMessageId } = await attempt(fault);
    expect(await storedMessage(id)).toMatchObject({ state: "queued", attempts: 1 });
    await deliverAll(later(60_000));
    expect(await storedMessage(id)).toMatchObject({ state: "sent", attempts: 2 });
    expect(server.accepted(rfcMessageId)).toBe(1);
  });

  test("ends a refused reply as failed, with what the server said and a line in the ticket", async () => {
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
    "never sends again by itself after a %s between the final dot and its answer",
    async (act) => {
      const { thread, id, rfcMessageId } = await attempt({ at: "dot", do: act });
      expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed", dueAt: null });
      await deliverAll(later(24 * 60 * 60_000));
      expect(server.accepted(rfcMessageId)).toBe(act === "accept_then_drop" ? 1 : 0);
      expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({ kind: "delivery_settled" });
    },
  );

  test("gives an attempt that was cut short up for unconfirmed once its lease is over, and not before", async () => {
    const { thread, id } = await queueReply();
    const cut = { state: "sending", leaseId: "gone", leaseUntil: later(1_000), attempts: 1 } as const;
    await EmailMessage.updateOne({ _id: id }, { $set: cut });
    expect(await deliverStep(new Date())).toEqual({ worked: false });
    await Promise.all([deliverAll(later(2_000)), deliverAll(later(2_000))]);
    expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed", attempts: 1 });
    const lines = (await storedThread(thread.id)).history?.filter(({ kind }) => kind === "delivery_settled");
    expect(lines).toHaveLength(1);
  });

  /** Makes an attempt whose confirmation comes so slowly that its lease is given up meanwhile. */
  async function overtaken(meanwhile: (id: ContentId) => Promise<unknown>) {
    const { id } = await queueReply();
    server.behave({ at: "dot", do: "drip", everyMs: 50 });
    const slow = deliverStep(new Date());
    await vi.waitFor(() => expect(server.mails).toHaveLength(1));
    await deliverStep(later(LEASE_MS + 1_000));
    expect(await storedMessage(id)).toMatchObject({ state: "unconfirmed" });
    await meanwhile(ContentId.parse(id));
    await slow;
    return storedMessage(id);
  }

  test("believes a confirmation that comes after the attempt was given up", async () => {
    expect(await overtaken(async () => {})).toMatchObject({ state: "sent", lastError: null });
  });

  test("lets a person's decision stand against a confirmation that comes after it", async () => {
    const row = await overtaken((id) => settleDelivery(id, "send_again", priya));
    expect(row).toMatchObject({ state: "queued", attempts: 1 });
  });

  test("records a result for its own attempt and no later one", async () => {
    const row = await overtaken(async (id) => {
      server.behave({ at: "dot", do: "reset" });
      await settleDelivery(id, "send_again", priya);
      await deliverStep(new Date());
    });
    expect(row).toMatchObject({ state: "unconfirmed", attempts: 2 });
  });

  test("delivers every reply once where ten followers work at the same time", async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => queueReply()));
    await Promise.all(Array.from({ length: 10 }, () => deliverAll()));
    for (const { id, rfcMessageId } of replies) {
      expect(await storedMessage(id)).toMatchObject({ state: "sent", attempts: 1 });
      expect(server.accepted(rfcMessageId)).toBe(1);
    }
  });

  test("adds no revision to a ticket for a reply that was simply sent", async () => {
    const { thread } = await queueReply();
    const { revision } = await storedThread(thread.id);
    await deliverAll();
    expect((await storedThread(thread.id)).revision).toBe(revision);
  });

  test("delivers a reply whose author has let go of the ticket since", async () => {
    const { thread, id } = await queueReply();
    await unclaimTicket(thread.id, priya);
    await claimTicket(thread.id, member("Jonas Weber"));
    await deliverAll();
    expect(await storedMessage(id)).toMatchObject({ state: "sent" });
  });
});

describe("retryDelayMs", () => {
  test("doubles from thirty seconds up to an hour, and less by up to a quarter", () => {
    expect([1, 2, 3, 7, 8, 50].map((attempts) => retryDelayMs(attempts, 0) / 1_000)).toEqual([
      30, 60, 120, 1_920, 3_600, 3_600,
    ]);
    expect(retryDelayMs(1, 1)).toBe(22_500);
  });
});

test("a lease outlasts the longest dialogue", () => {
  expect(LEASE_MS).toBeGreaterThan(SMTP_TIMEOUTS.totalMs + 60_000);
});
