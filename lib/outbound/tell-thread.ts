import "server-only";
import type { ClientSession } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import { nudge } from "@/lib/process/nudge";
import type { Clock } from "@/lib/store/clock";
import type { Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { changeThread, literal } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { letGo } from "./reply-order";

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
  project: { threadId: 1, state: 1, attempts: 1, sentAt: 1 },
  failure: "The ticket could not be told that a reply was sent or failed",
};

/**
 * Tells the threads of some replies that these were sent, failed, are unconfirmed or were cancelled, so that lists and
 * cards follow, and lets the replies go that waited for them. Telling a thread twice changes nothing.
 */
export async function tellThreadStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  return runQueue(
    REPLY_STATES,
    async (leased) => {
      await letGo(leased.row, clock);
      await tellThread(leased.row);
      await settle(REPLY_STATES, leased);
      nudge("cards", "events");
    },
    { clock },
  );
}

type Told = Pick<StoredMessage, "_id" | "threadId" | "state" | "attempts" | "sentAt">;

/** Tells the thread of a reply's state; again does nothing. */
export async function tellThread(
  { _id, threadId, state, attempts, sentAt }: Told,
  session?: ClientSession,
): Promise<void> {
  if (state === "sent") {
    // A figure that nobody acts on, so it adds no history line and no revision.
    await EmailThread.updateOne(
      { _id: threadId, firstRepliedAt: null },
      { $set: { firstRepliedAt: sentAt } },
    );
  }
  if (state !== "failed" && state !== "unconfirmed") return;
  await changeThread({
    threadId: ThreadId.parse(threadId.toHexString()),
    op: `delivery:${_id}:${attempts}`,
    where: {},
    set: {},
    line: { kind: "delivery_settled", by: null, details: { messageId: literal(_id) } },
    ...(session ? { session } : {}),
  });
}
