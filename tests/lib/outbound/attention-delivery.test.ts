import { beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { deliverStep, LEASE_MS } from "@/lib/outbound/deliver";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { setTicketStatus } from "@/lib/tickets/set-status";
import { EmailMessage } from "@/models/EmailMessageModel";
import {
  answer,
  comesBack,
  customerWrites,
  noticesIn,
  ticketByMail,
} from "@/tests/support/factories/answered-tickets";
import { deliverAll, storedMessage } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();
const ANN = "ann@farm.example";
const REFUSED = "550 5.1.1 No such user";
const refuse = { at: "rcpt", do: "answer", line: REFUSED } as const;
const putOff = { at: "rcpt", do: "answer", line: "450 4.2.0 Greylisted" } as const;
const breakOff = { at: "dot", do: "accept_then_drop" } as const;

beforeEach(async () => {
  await EmailMessage.deleteMany({});
  server.behave();
});

const later = (ms: number) => new Date(Date.now() + ms);
const inHours = (hours: number) => later(hours * 3_600_000);

/** A ticket that was answered and resolved in one, at whose delivery the mail server has this fault. */
async function resolvedWith(fault: Parameters<typeof server.behave>[0], cc: string[] = []) {
  const ticket = await ticketByMail(cc);
  const reply = await answer(ticket.id, { status: "resolved" });
  server.behave(fault);
  await deliverStep(new Date());
  await tellThreadStep(new Date());
  server.behave();
  return { ...ticket, reply };
}

const kindOf = async (id: ThreadId) => (await storedThread(id)).attention?.kind ?? null;

describe("a reply with which its ticket was resolved", () => {
  test("and that the mail server refused opens the ticket again, with the server's words in a notice", async () => {
    const { id, reply, opening } = await resolvedWith(refuse);
    const [notice, ...more] = await noticesIn(id);
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      automatic: true,
      text: "",
      notice: { kind: "failed", replyId: reply._id, cause: "no_mailbox", detail: REFUSED, isProven: true },
    });
    const thread = await storedThread(id);
    expect(thread).toMatchObject({
      status: "open",
      resolvedAt: null,
      attention: { kind: "failed", messageId: notice?._id, replyId: reply._id, cause: "no_mailbox" },
      lastMessageId: notice?._id,
      waitingSince: opening.at,
      messageCount: 3,
    });
    expect(thread.needsLookAt).toEqual(thread.attention?.at);
    expect(thread.history?.at(-1)).toMatchObject({ statusFrom: "resolved", statusTo: "open" });
  });

  test("and that may not have gone out opens the ticket again", async () => {
    const { id, reply } = await resolvedWith(breakOff);
    expect(await storedThread(id)).toMatchObject({
      status: "open",
      attention: { kind: "unconfirmed", replyId: reply._id },
    });
    expect(await noticesIn(id)).toMatchObject([{ notice: { kind: "unconfirmed", cause: null } }]);
  });

  test("and that only somebody in Cc did not get opens the ticket again, and stays sent", async () => {
    const { id, reply } = await resolvedWith({ ...refuse, at: "second" }, [ANN]);
    expect(await storedMessage(reply._id)).toMatchObject({ state: "sent" });
    expect(await storedThread(id)).toMatchObject({ status: "open", attention: { kind: "failed" } });
    expect(await noticesIn(id)).toMatchObject([
      { notice: { kind: "failed", cause: "no_mailbox", recipients: [{ address: ANN, detail: REFUSED }] } },
    ]);
  });

  test("and that went out leaves it resolved, without a notice", async () => {
    const ticket = await ticketByMail();
    await answer(ticket.id, { status: "resolved" });
    await deliverAll();
    expect(await storedThread(ticket.id)).toMatchObject({ status: "resolved", attention: null });
    expect(await noticesIn(ticket.id)).toEqual([]);
  });
});

describe("proof that a reply went out", () => {
  test("by a member takes that reply's attention away and leaves the customer's mail", async () => {
    const ticket = await resolvedWith(breakOff);
    const { message } = await customerWrites(ticket);
    expect(await kindOf(ticket.id)).toBe("unconfirmed");
    expect(await settleDelivery(ticket.reply._id, "mark_sent", priya)).toMatchObject({ ok: true });
    const thread = await storedThread(ticket.id);
    expect(thread.attention).toMatchObject({ kind: "customer_mail", messageId: message._id });
    expect(thread).not.toHaveProperty("needsLookAt");
    expect(thread.status).toBe("open");
  });

  test("by a member leaves another reply's", async () => {
    const ticket = await ticketByMail();
    const first = await answer(ticket.id);
    await deliverAll();
    const second = await answer(ticket.id, { text: "And this" });
    server.behave(breakOff);
    await deliverAll();
    await comesBack(first, { outcome: "delayed" });
    expect(await storedThread(ticket.id)).toMatchObject({
      attention: { kind: "unconfirmed", replyId: second._id },
    });
    await settleDelivery(second._id, "mark_sent", priya);
    expect(await storedThread(ticket.id)).toMatchObject({
      attention: { kind: "delayed", replyId: first._id },
    });
  });

  test("by a record that comes after the lease takes it away, and its own alone", async () => {
    const ticket = await ticketByMail();
    const reply = await answer(ticket.id, { status: "waiting" });
    server.behave({ at: "dot", do: "hold", line: "250 2.0.0 Taken" });
    const isHeld = server.held();
    const slow = deliverStep(new Date());
    await isHeld;
    await deliverAll(later(LEASE_MS + 1_000));
    expect(await storedThread(ticket.id)).toMatchObject({
      status: "open",
      attention: { kind: "unconfirmed" },
    });
    await customerWrites(ticket);
    server.letGo();
    await slow;
    await deliverAll(later(LEASE_MS + 1_000));
    expect(await storedMessage(reply._id)).toMatchObject({ state: "sent" });
    expect(await kindOf(ticket.id)).toBe("customer_mail");
  });
});

test("the customer waits while nobody knows whether the answer went out, and no more once that is known", async () => {
  const { id, opening, reply } = await resolvedWith(breakOff);
  expect((await storedThread(id)).waitingSince).toEqual(opening.at);
  await settleDelivery(reply._id, "mark_sent", priya);
  expect((await storedThread(id)).waitingSince).toBeNull();
});

test("a customer who wrote after the doubtful answer waits since then, once it is known to have gone out", async () => {
  const ticket = await resolvedWith(breakOff);
  const { message } = await customerWrites(ticket);
  await customerWrites(ticket);
  await settleDelivery(ticket.reply._id, "mark_sent", priya);
  expect((await storedThread(ticket.id)).waitingSince).toEqual(message.at);
});

describe("a record of an attempt that comes late", () => {
  test("and says that the reply failed is told too, also if the doubt was seen", async () => {
    const ticket = await ticketByMail();
    await answer(ticket.id, { status: "waiting" });
    server.behave({ at: "dot", do: "hold", line: "554 5.7.1 No" });
    const isHeld = server.held();
    const slow = deliverStep(new Date());
    await isHeld;
    const now = later(LEASE_MS + 1_000);
    await deliverAll(now);
    const { lastMessageId } = await storedThread(ticket.id);
    await setTicketStatus(ticket.id, "resolved", priya, { lastSeenMessageId: lastMessageId });
    expect(await storedThread(ticket.id)).toMatchObject({ status: "resolved", attention: null });
    server.letGo();
    await slow;
    await deliverAll(now);
    expect(await storedThread(ticket.id)).toMatchObject({ status: "open", attention: { kind: "failed" } });
  });

  test("and says that it was sent keeps a report that came first, and adds no notice to it", async () => {
    const ticket = await ticketByMail([ANN]);
    const reply = await answer(ticket.id);
    await deliverStep(new Date());
    const { message } = await comesBack(reply, { recipients: [ANN] });
    await tellThreadStep(new Date());
    expect(await storedThread(ticket.id)).toMatchObject({
      attention: { kind: "came_back", messageId: message._id },
      lastMessageId: message._id,
    });
    expect(await noticesIn(ticket.id)).toEqual([]);
  });

  test("keeps a report that came while the attempt was under way", async () => {
    for (const cc of [[], [ANN]]) {
      const ticket = await ticketByMail(cc);
      const reply = await answer(ticket.id);
      server.behave({ at: "dot", do: "hold", line: "250 2.0.0 Taken" });
      const isHeld = server.held();
      const slow = deliverStep(new Date());
      await isHeld;
      await comesBack(reply, cc.length > 0 ? { recipients: cc } : {});
      server.letGo();
      await slow;
      await deliverAll();
      expect(await kindOf(ticket.id)).toBe("came_back");
      expect(await storedMessage(reply._id)).toMatchObject({ state: cc.length > 0 ? "sent" : "came_back" });
    }
  });

  test("keeps a report of a delay elsewhere", async () => {
    const ticket = await ticketByMail();
    const reply = await answer(ticket.id, { status: "resolved" });
    server.behave({ at: "dot", do: "hold", line: "250 2.0.0 Taken" });
    const isHeld = server.held();
    const slow = deliverStep(new Date());
    await isHeld;
    await comesBack(reply, { outcome: "delayed" });
    server.letGo();
    await slow;
    await deliverAll();
    expect(await storedMessage(reply._id)).toMatchObject({ state: "sent" });
    expect(await kindOf(ticket.id)).toBe("delayed");
  });

  test("and was never answered keeps a report that came while it was under way", async () => {
    const ticket = await ticketByMail();
    const reply = await answer(ticket.id);
    await EmailMessage.updateOne({ _id: reply._id }, { $set: { state: "sending", attempts: 1 } });
    await comesBack(reply);
    await EmailMessage.updateOne(
      { _id: reply._id },
      { $set: { leaseId: "gone", dueAt: new Date(0), dueSince: new Date(0) } },
    );
    await deliverAll();
    expect(await storedMessage(reply._id)).toMatchObject({ state: "came_back" });
    expect(await kindOf(ticket.id)).toBe("came_back");
  });
});

test("a reply that came back and is sent again needs no look meanwhile, and again if it fails", async () => {
  const ticket = await ticketByMail();
  const reply = await answer(ticket.id);
  await deliverAll();
  await comesBack(reply);
  expect(await settleDelivery(reply._id, "send_again", priya)).toMatchObject({ ok: true });
  expect(await kindOf(ticket.id)).toBeNull();
  server.behave(refuse);
  await deliverAll();
  expect(await kindOf(ticket.id)).toBe("failed");
});

test("a reply that the mail server puts off is delayed once after four hours, and failed after three days", async () => {
  const { id } = await ticketByMail();
  await answer(id, { status: "resolved" });
  server.behave(...Array.from({ length: 200 }, () => putOff));
  const seen: { hours: number; notices: string[] }[] = [];
  for (let hours = 0; hours < 76; hours += 0.5) {
    await deliverAll(inHours(hours));
    const notices = (await noticesIn(id)).map(({ notice }) => notice?.kind ?? "");
    if (notices.length !== (seen.at(-1)?.notices.length ?? 0)) seen.push({ hours, notices });
  }
  expect(seen.map(({ notices }) => notices)).toEqual([["delayed"], ["delayed", "failed"]]);
  const [delayed, failed] = seen.map(({ hours }) => hours);
  // The pauses between attempts are up to an hour.
  expect(delayed).toBeGreaterThanOrEqual(4);
  expect(delayed).toBeLessThan(5.5);
  expect(failed).toBeGreaterThanOrEqual(72);
  expect(failed).toBeLessThan(74);
  expect(await storedThread(id)).toMatchObject({ status: "open", attention: { kind: "failed" } });
  expect(await noticesIn(id)).toMatchObject([
    { notice: { detail: expect.stringContaining("450 4.2.0") } },
    { notice: { detail: expect.stringContaining("450 4.2.0") } },
  ]);
}, 60_000);
