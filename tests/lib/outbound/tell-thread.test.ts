import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { deliverStep } from "@/lib/outbound/deliver";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { REPLY_STATES, tellThreadStep } from "@/lib/outbound/tell-thread";
import { retryDeadLetter } from "@/lib/store/queue/dead-letters";
import { replyToTicket } from "@/lib/tickets/reply";
import { DeadLetter } from "@/models/DeadLetterModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { profiled } from "@/tests/support/database/profiled";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { breakThread, mendThread } from "@/tests/support/factories/unwritable";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();
const refusal = { at: "rcpt", do: "answer", line: "550 5.1.1 No such user" } as const;
const busy = { at: "rcpt", do: "answer", line: "450 4.2.0 Greylisted" } as const;

beforeEach(async () => {
  await Promise.all([EmailMessage.deleteMany({}), DeadLetter.deleteMany({})]);
  server.behave();
});
afterEach(() => void vi.useRealTimers());

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000);

async function queueReply() {
  const { thread, mail } = await createTicket();
  await replyToTicket({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id }, priya);
  const [row] = await storedReplies(thread);
  if (!row) throw new Error("The reply was not accepted");
  return { thread, id: ContentId.parse(row._id) };
}

/** Tells the thread until it is given up. */
async function tellToTheEnd(): Promise<void> {
  for (let hour = 0; hour < 30; hour += 1) await tellThreadStep(inHours(hour));
}

describe("a reply that the mail server has answered", () => {
  test("is recorded before anything else is written", async () => {
    const { id } = await queueReply();
    expect(await profiled(EmailThread, () => deliverStep())).toEqual([]);
    expect(await storedMessage(id)).toMatchObject({ state: "sent", threadDueAt: expect.any(Date) });
  });

  test("leaves one line in the thread, however often and by how many it is told", async () => {
    server.behave(refusal);
    const { thread, id } = await queueReply();
    await deliverStep();
    await Promise.all(Array.from({ length: 5 }, () => tellThreadStep()));
    await EmailMessage.updateOne({ _id: id }, { $set: { threadDueAt: new Date() } });
    await tellThreadStep();
    const lines = (await storedThread(thread.id)).history ?? [];
    expect(lines.map(({ kind }) => kind)).toEqual(["replied", "delivery_settled"]);
    expect(await storedMessage(id)).not.toHaveProperty("threadDueAt");
  });

  test("leaves its line before a decision that comes before the follower", async () => {
    server.behave(refusal);
    const { thread, id } = await queueReply();
    await deliverStep();
    expect(await settleDelivery(id, "retry", priya)).toMatchObject({ ok: true });
    await deliverAll();
    const lines = (await storedThread(thread.id)).history ?? [];
    expect(lines.map(({ kind, by, action }) => [kind, by?.id, action])).toEqual([
      ["replied", priya.id, undefined],
      ["delivery_settled", undefined, undefined],
      ["delivery_settled", priya.id, "retry"],
      ["delivery_settled", undefined, undefined],
    ]);
    expect((await storedThread(thread.id)).attention).toBeNull();
  });

  test("and whose thread takes nothing, is a dead letter in the end, and is told once that is retried", async () => {
    const { thread, id } = await queueReply();
    server.behave(refusal);
    await deliverStep();
    await breakThread(thread);
    await tellToTheEnd();
    expect(await DeadLetter.find().lean()).toMatchObject([
      {
        queue: "reply-states",
        rowId: id,
        attempts: 10,
        error: "The ticket could not be told that a reply was sent or failed (MongoServerError 28664).",
      },
    ]);
    await mendThread(thread);
    expect(await retryDeadLetter(REPLY_STATES, id)).toBe(true);
    await tellThreadStep();
    expect((await storedThread(thread.id)).history?.at(-1)).toMatchObject({ kind: "delivery_settled" });
    expect(await DeadLetter.countDocuments()).toBe(0);
  });
});

test("a reply that no attempt brings to the mail server waits for a person after three days, with the server's words", async () => {
  const { id } = await queueReply();
  server.behave(...Array.from({ length: 200 }, () => busy));
  let hours = 0;
  for (; (await storedMessage(id)).state === "queued"; hours += 0.5) await deliverStep(inHours(hours));
  expect(hours).toBeGreaterThan(71);
  expect(hours).toBeLessThan(75);
  expect(await storedMessage(id)).toMatchObject({
    state: "failed",
    dueAt: null,
    lastError: expect.stringContaining("450 4.2.0 Greylisted"),
  });

  // A person's retry has as many attempts again.
  await settleDelivery(id, "retry", priya);
  await deliverStep();
  expect(await storedMessage(id)).toMatchObject({ state: "queued" });
});

test("a worker whose clock is an hour ahead takes neither another's reply nor one that is not due", async () => {
  const leased = await queueReply();
  const later = await queueReply();
  const soon = new Date(Date.now() + 60_000);
  await EmailMessage.updateOne(
    { _id: leased.id },
    { $set: { state: "sending", leaseId: "alive", dueAt: soon } },
  );
  await EmailMessage.updateOne({ _id: later.id }, { $set: { dueAt: soon } });
  vi.useFakeTimers({ now: inHours(1), toFake: ["Date"] });
  expect(await deliverStep()).toEqual({ worked: false });
});

test("a worker finds the next reply without looking at the others", async () => {
  const soon = inHours(1);
  const { id } = await queueReply();
  const row = await storedMessage(id);
  const others = Array.from({ length: 300 }, (_, index) => ({ ...row, _id: `other ${index}`, dueAt: soon }));
  await EmailMessage.collection.insertMany(others as never[]);
  const [lease] = await profiled(EmailMessage, () => deliverStep());
  expect(lease).toMatchObject({ keysExamined: 1, docsExamined: 1 });
});

test.each([-1, 1])("a reply from a process whose clock is %i hour off goes out at once", async (hours) => {
  const { thread, mail } = await createTicket();
  vi.useFakeTimers({ now: inHours(hours), toFake: ["Date"] });
  await replyToTicket({ threadId: thread.id, text: "Hi", lastSeenMessageId: mail._id }, priya);
  vi.useRealTimers();
  expect(await deliverStep()).toMatchObject({ worked: true });
  expect(await storedReplies(thread)).toMatchObject([{ state: "sent" }]);
});
