import { expect } from "vitest";
import { tellThreadStep } from "@/lib/outbound/tell-thread";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { storedThread } from "@/tests/support/factories/threads";
import type { ExpectedNotice } from "./expected-deliveries";
import type { ExpectedDesk } from "./expected-desk";
import type { ExpectedTicket } from "./expected-ticket";

const FACTS = {
  ...{ state: 1, attempts: 1, to: 1, cc: 1, undelivered: 1 },
  ...{ threadDueAt: 1, delayedAt: 1, threadId: 1 },
};

/** Every reply as it is stored, by its id. The model cannot predict the outcome of an attempt. */
export async function replyFacts(): Promise<Map<string, StoredMessage>> {
  const rows = await EmailMessage.find({ direction: "outbound" }, FACTS).lean<StoredMessage[]>();
  return new Map(rows.map((row) => [row._id, row]));
}

/** Tells every ticket of its replies' states, and the model. */
export async function tellThreads(expected: ExpectedDesk, now: Date): Promise<void> {
  const facts = await replyFacts();
  while ((await tellThreadStep(now)).worked);
  const notices = expected.replies.flatMap((reply) => {
    const row = facts.get(reply.id);
    return row?.threadDueAt && row.threadDueAt <= now ? expected.deliveries.told(reply, row, facts) : [];
  });
  for (const [ticket, own] of Map.groupBy(notices, ({ reply }) => reply.ticket))
    await learnNotices(ticket, own);
}

/** The ticket has these new notices and no others, and the newest of them is its newest message. */
export async function learnNotices(ticket: ExpectedTicket, notices: ExpectedNotice[]): Promise<void> {
  const { _id: threadId, lastMessageId } = await storedThread(ticket.id);
  const rows = await EmailMessage.find({ threadId, direction: "notice" }).lean<StoredMessage[]>();
  const added = rows.filter(({ _id }) => !ticket.notices.has(_id));
  expect(added.map(({ notice }) => `${notice?.kind} ${notice?.replyId}`).toSorted()).toEqual(
    notices.map(({ kind, reply }) => `${kind} ${reply.id}`).toSorted(),
  );
  if (added.length === 0) return;
  expect(added.map(({ _id }) => _id)).toContain(lastMessageId);
  for (const { _id } of added) ticket.notices.add(_id);
  ticket.newest = lastMessageId ?? "";
}
