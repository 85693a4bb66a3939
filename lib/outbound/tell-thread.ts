import "server-only";
import type { ClientSession } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { MissedRecipient } from "@/lib/api/vocabulary";
import { causeOf } from "@/lib/mail/delivery-cause";
import { crashPoint } from "@/lib/process/crash-point";
import { nudge } from "@/lib/process/nudge";
import type { Clock } from "@/lib/store/clock";
import { inTransaction } from "@/lib/store/db";
import { forgetDeadLetter } from "@/lib/store/queue/dead-letters";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { fileNotice, NOTICED_FIELDS, settledBySending } from "@/lib/tickets/attention-change";
import { changeThread, literal } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { letGo } from "./reply-order";

/** The fields of a reply that its thread is told from. */
export const TOLD_FIELDS = {
  ...NOTICED_FIELDS,
  ...{ state: 1, attempts: 1, sentAt: 1, delayedAt: 1, undelivered: 1, lastError: 1, serverSaid: 1 },
} as const;

/** Replies whose thread has not been told of their state. */
export const REPLY_STATES: Queue<StoredMessage> = {
  name: "reply-states",
  model: EmailMessage,
  fields: {
    dueAt: "threadDueAt",
    dueSince: "threadDueSince",
    leaseId: "threadLeaseId",
    attempts: "threadAttempts",
  },
  empty: "$$REMOVE",
  leaseMs: 60_000,
  batch: 8,
  project: TOLD_FIELDS,
  failure: "The ticket could not be told that a reply was sent or failed",
};

/**
 * Tells the threads of some replies that these were sent, failed, are delayed, unconfirmed or were cancelled, so that lists
 * and cards follow, and lets the replies go that waited for them. Telling a thread twice changes nothing.
 */
export async function tellThreadStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  return runQueue(
    REPLY_STATES,
    async (leased) => {
      await letGo(leased.row, clock);
      await settleOutcome(() => inTransaction((session) => tellStored(leased, session)));
      if (globalThis.CRASH_POINTS) crashPoint("deliver.told");
      if (leased.attempts > 0) await forgetDeadLetter(REPLY_STATES, leased.row._id);
      nudge("cards", "events");
    },
    { clock },
  );
}

/**
 * Tells the thread of the reply as it is now, since a late record or a report may have changed it after the lease. The end of
 * the lease belongs to the transaction: whatever changes the reply meanwhile makes it start over.
 */
async function tellStored(leased: Leased<StoredMessage>, session: ClientSession): Promise<void> {
  const { _id } = leased.row;
  // Also false if this is a repetition of a transaction that was committed.
  if (!(await settle(REPLY_STATES, leased, { session }))) return;
  const reply = await EmailMessage.findById(_id, TOLD_FIELDS, { session }).lean<Told>();
  if (reply) await tellThread(reply, session);
  if (globalThis.CRASH_POINTS) crashPoint("deliver.before-told");
}

export type Told = Pick<StoredMessage, "_id" | keyof typeof TOLD_FIELDS>;

/**
 * Tells the thread of a reply's state, in the session's transaction; again does nothing. One that was not delivered, may not
 * have been, or is delayed files a notice, and the ticket needs a look. One that was sent after all takes its own away.
 */
export async function tellThread(reply: Told, session: ClientSession): Promise<void> {
  switch (reply.state) {
    case "failed":
    case "unconfirmed":
      await tellProblem(reply, reply.state, session);
      return;
    case "sent":
      return tellSent(reply, session);
    case "queued":
    case "sending":
      return tellDelay(reply, session);
    case "cancelled":
    case "came_back":
    case null:
      return;
  }
}

async function tellProblem(reply: Told, kind: "failed" | "unconfirmed", session: ClientSession) {
  const { _id, attempts, serverSaid, lastError, undelivered = [] } = reply;
  const detail = serverSaid ?? "";
  const cause = kind === "failed" ? causeOf(null, detail === "" ? (lastError ?? "") : detail) : null;
  const op = `delivery:${_id}:${attempts}:${kind}`;
  const line = { kind: "delivery_settled" as const, by: null };
  await fileNotice(
    reply,
    { kind, cause, detail, recipients: undelivered.map(toMissed) },
    { op, line, session },
  );
}

/** The first reply is a figure that nobody acts on, so it alone adds no line of history and no revision. */
async function tellSent(reply: Told, session: ClientSession): Promise<void> {
  const { _id, threadId, attempts, sentAt } = reply;
  // Reports of those from whom it came back have told the thread already.
  const undelivered = (reply.undelivered ?? []).filter(({ cameBack }) => !cameBack);
  await EmailThread.updateOne(
    { _id: threadId, firstRepliedAt: null },
    { $set: { firstRepliedAt: sentAt } },
    { session },
  );
  const [first] = undelivered;
  if (first) {
    const missed = { cause: causeOf(null, first.said ?? ""), recipients: undelivered.map(toMissed) };
    const op = `delivery:${_id}:${attempts}:some`;
    const line = { kind: "delivery_settled" as const, by: null };
    await fileNotice(reply, { kind: "failed", ...missed }, { op, line, session });
    return;
  }
  const thread = await EmailThread.findById(threadId, null, { session }).lean<StoredThread>();
  const settled = thread && (await settledBySending(thread, reply, session));
  if (!settled) return;
  await changeThread({
    threadId: ThreadId.parse(threadId.toHexString()),
    op: `sent:${_id}:${attempts}`,
    where: {},
    set: settled,
    line: { kind: "delivery_settled", by: null, details: { messageId: literal(_id) } },
    session,
  });
}

async function tellDelay(reply: Told, session: ClientSession): Promise<void> {
  const { _id, delayedAt, serverSaid, lastError } = reply;
  if (!delayedAt) return;
  const detail = serverSaid ?? "";
  const cause = causeOf(null, detail === "" ? (lastError ?? "") : detail);
  const op = `delayed:${_id}:${delayedAt.getTime()}`;
  await fileNotice(
    reply,
    { kind: "delayed", cause, detail },
    { op, line: { kind: "delayed", by: null }, session },
  );
}

function toMissed({ address, said }: NonNullable<StoredMessage["undelivered"]>[number]): MissedRecipient {
  return { address, status: null, detail: said ?? "" };
}
