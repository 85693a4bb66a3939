import { beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { settleDelivery } from "@/lib/outbound/settle-delivery";
import { replyToTicket } from "@/lib/tickets/reply";
import { EmailMessage } from "@/models/EmailMessageModel";
import { createTicket, deliverAll, storedMessage, storedReplies } from "@/tests/support/factories/mails";
import { member, storedThread } from "@/tests/support/factories/threads";
import { faultySmtpForFile } from "@/tests/support/smtp/for-file";

const priya = member("Priya Nair");
const server = await faultySmtpForFile();
const busy = { at: "rcpt", do: "answer", line: "450 4.2.0 Greylisted" } as const;

beforeEach(async () => {
  await EmailMessage.deleteMany({});
  server.mails.splice(0);
  server.behave();
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const sentTexts = () => server.mails.map(({ raw }) => /Reply \d+/.exec(raw)?.[0]);

/** Queues replies "Reply 1", "Reply 2", … to one ticket. */
async function queueReplies(count: number, undoSeconds: number[] = []) {
  const { thread } = await createTicket();
  for (let index = 0; index < count; index += 1) {
    const { lastMessageId } = await storedThread(thread.id);
    const text = `Reply ${index + 1}`;
    const request = { threadId: thread.id, text, lastSeenMessageId: lastMessageId };
    await replyToTicket({ ...request, undoSeconds: undoSeconds[index] ?? 0 }, priya);
  }
  const rows = await storedReplies(thread);
  return { thread, ids: rows.map(({ _id }) => ContentId.parse(_id)) };
}

const statesOf = async (ids: string[]) =>
  (await Promise.all(ids.map((id) => storedMessage(id)))).map(({ state, attempts }) => [state, attempts]);

describe("a later reply of a ticket", () => {
  test("waits while an earlier one is retried, and goes out after it", async () => {
    const { ids } = await queueReplies(3);
    server.behave(busy);
    await deliverAll();
    expect(await statesOf(ids)).toEqual([
      ["queued", 1],
      ["queued", 0],
      ["queued", 0],
    ]);
    await deliverAll(inMinutes(1));
    expect(sentTexts()).toEqual(["Reply 1", "Reply 2", "Reply 3"]);
  });

  test("waits for it at most fifteen minutes", async () => {
    const { ids } = await queueReplies(2);
    server.behave(...Array.from({ length: 8 }, () => busy));
    await deliverAll();
    for (let minute = 1; minute < 15; minute += 1) await deliverAll(inMinutes(minute));
    expect(await statesOf(ids)).toEqual([
      ["queued", expect.any(Number)],
      ["queued", 0],
    ]);
    server.behave();
    await EmailMessage.updateOne({ _id: ids[0] }, { $set: { dueAt: inMinutes(60) } });
    await deliverAll(inMinutes(15.1));
    expect(sentTexts()).toEqual(["Reply 2"]);
  });

  test("goes out at once when the earlier one is undone, or refused for good", async () => {
    const undone = await queueReplies(2, [30]);
    await deliverAll();
    expect(sentTexts()).toEqual([]);
    await settleDelivery(undone.ids[0] as ContentId, "undo", priya);
    await deliverAll();
    expect(sentTexts()).toEqual(["Reply 2"]);

    await queueReplies(2);
    server.behave({ at: "rcpt", do: "answer", line: "550 5.1.1 No such user" });
    await deliverAll();
    expect(sentTexts()).toEqual(["Reply 2", "Reply 2"]);
  });

  test("of another ticket is not held up", async () => {
    await queueReplies(1);
    const { ids } = await queueReplies(1);
    server.behave(busy);
    await deliverAll();
    expect(await storedMessage(ids[0] as ContentId)).toMatchObject({ state: "sent" });
  });

  test("goes out in order, each once, with many followers at the same time", async () => {
    const tickets = [await queueReplies(4), await queueReplies(4), await queueReplies(4)];
    for (let round = 0; round < 4; round += 1)
      await Promise.all(Array.from({ length: 8 }, () => deliverAll()));
    for (const { thread } of tickets) {
      const rows = await storedReplies(thread);
      expect(rows.map(({ state, attempts }) => [state, attempts])).toEqual(
        Array.from({ length: 4 }, () => ["sent", 1]),
      );
      const own = server.mails.filter(({ rcptTo }) => rcptTo[0] === thread.from);
      expect(own.map(({ raw }) => /Reply \d/.exec(raw)?.[0])).toEqual([
        "Reply 1",
        "Reply 2",
        "Reply 3",
        "Reply 4",
      ]);
    }
  });
});
