import "server-only";
import { Types } from "mongoose";
import type { DeadLetterEntry, DeadLettersResponse } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import { ticketReference } from "@/lib/api/vocabulary";
import { CARDS } from "@/lib/cards/card-lease";
import { MARKS } from "@/lib/cards/mark-due";
import { INGEST } from "@/lib/inbound/ingest";
import { DELIVERIES } from "@/lib/outbound/deliver";
import { HANDOVER_MAILS } from "@/lib/outbound/tell-assignee";
import { REPLY_STATES } from "@/lib/outbound/tell-thread";
import { DISCARDED } from "@/lib/privacy/discard-files";
import { ERASURES } from "@/lib/privacy/erasure";
import { RETENTION } from "@/lib/privacy/retention";
import { nudge } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { cappedCount } from "@/lib/store/capped-count";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { retryDeadLetter } from "@/lib/store/queue/dead-letters";
import type { Queue } from "@/lib/store/queue/queue";
import { RECONCILE } from "@/lib/team/reconcile";
import { RELEASES } from "@/lib/team/release-tickets";
import { EVENTS } from "@/lib/tickets/events";
import { newOperation } from "@/lib/tickets/transition";
import { DeadLetter, type StoredDeadLetter } from "@/models/DeadLetterModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";

/** Dead letters that the page lists. */
const LISTED_MAX = 100;

/** How to name and to retry the rows of a queue. */
type Buried = {
  retry: (rowId: string, op: string) => Promise<boolean>;
  /** The ticket that a row is about; "message" if the row is a message of it, null if it is about none. */
  ticket: "row" | "message" | ((rowId: string) => string) | null;
};

function named<Row extends { _id: string }>(queue: Queue<Row>, ticket: Buried["ticket"]): [string, Buried] {
  return [queue.name, { ticket, retry: (rowId, op) => retryDeadLetter(queue, rowId as Row["_id"], { op }) }];
}

function numbered<Row extends { _id: Types.ObjectId }>(
  queue: Queue<Row>,
  ticket: Buried["ticket"],
): [string, Buried] {
  const retry = async (rowId: string, op: string) =>
    Types.ObjectId.isValid(rowId) && retryDeadLetter(queue, new Types.ObjectId(rowId) as Row["_id"], { op });
  return [queue.name, { ticket, retry }];
}

/** Every queue of the desk. */
const QUEUES = new Map<string, Buried>([
  numbered(EVENTS, "row"),
  numbered(MARKS, "row"),
  numbered(HANDOVER_MAILS, "row"),
  numbered(RETENTION, "row"),
  numbered(DISCARDED, null),
  named(CARDS, (rowId) => rowId.split(":")[0] ?? ""),
  named(REPLY_STATES, "message"),
  named(DELIVERIES, "message"),
  named(INGEST.ordinary, null),
  named(INGEST.slow, null),
  named(ERASURES, null),
  named(RELEASES, null),
  named(RECONCILE, null),
]);

/** Work that was given up and that nobody has had retried since. */
const WAITING = { retriedAt: null };

export function countDeadLetters(): Promise<DeadLettersResponse["count"]> {
  return cappedCount(DeadLetter, WAITING);
}

/** The latest of them, newest first. */
export async function listDeadLetters(): Promise<DeadLettersResponse> {
  const [letters, count] = await Promise.all([
    DeadLetter.find(WAITING)
      .sort({ buriedAt: -1, _id: -1 })
      .limit(LISTED_MAX)
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredDeadLetter[]>(),
    countDeadLetters(),
  ]);
  const threads = await threadsOfMessages(letters);
  return { deadLetters: letters.map((letter) => toEntry(letter, threads)), count };
}

async function threadsOfMessages(letters: StoredDeadLetter[]): Promise<Map<string, string>> {
  const ids = letters
    .filter(({ queue }) => QUEUES.get(queue)?.ticket === "message")
    .map(({ rowId }) => rowId);
  if (ids.length === 0) return new Map();
  const messages = await EmailMessage.find({ _id: trusted({ $in: ids }) }, { threadId: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "_id" | "threadId">[]>();
  return new Map(messages.map(({ _id, threadId }) => [_id, threadId.toHexString()]));
}

function toEntry(
  { _id, queue, rowId, error, since, attempts }: StoredDeadLetter,
  threads: Map<string, string>,
): DeadLetterEntry {
  const ticket = QUEUES.get(queue)?.ticket ?? null;
  const own = typeof ticket === "function" ? ticket(rowId) : rowId;
  const threadId = ticket === "message" ? threads.get(rowId) : own;
  return {
    _id,
    error,
    ticket: ticket && threadId ? { _id: threadId, reference: ticketReference(threadId) } : null,
    since: since.toISOString(),
    attempts,
  };
}

/**
 * Has the work retried, with all attempts but one. Of any number of simultaneous calls one counts and the others learn
 * it. Safe to repeat with the same `op`.
 */
export async function retryStopped(
  deadLetterId: string,
  op = newOperation(),
): Promise<Result<string, FailureOf<"retried_already" | "not_stopped">>> {
  const end = deadLetterId.indexOf(":");
  const queue = QUEUES.get(deadLetterId.slice(0, end));
  if (await queue?.retry(deadLetterId.slice(end + 1), op)) {
    nudge("ingest", "deliver", "cards", "events", "erasure", "team");
    return ok(deadLetterId);
  }
  const isKnown = queue && (await DeadLetter.exists({ _id: deadLetterId }));
  return fail({ reason: isKnown ? "retried_already" : "not_stopped" });
}
