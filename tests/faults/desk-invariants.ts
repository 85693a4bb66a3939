import { expect } from "vitest";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { expectOwners } from "./desk-owners";
import type { ExpectedDesk } from "./expected-desk";

const THREAD = {
  ...{ status: 1, attention: 1, openAttention: 1, needsLookAt: 1, waitingSince: 1, lastMessageId: 1 },
  ...{ history: 1, assignedTo: 1, handover: 1, givenBackTo: 1 },
};
const REPLY = { threadId: 1, state: 1, undelivered: 1, threadDueAt: 1 };
const UNDELIVERED = new Set(["failed", "unconfirmed", "came_back", "cancelled"]);

/**
 * No waiting or resolved ticket has attention; every customer's mail and every undelivered reply stands in an active ticket
 * that needs attention until a person acts who has seen it; and each ticket is as the model has it.
 */
export async function expectNothingHidden(expected: ExpectedDesk): Promise<void> {
  const threads = await EmailThread.find({}, THREAD).lean<StoredThread[]>();
  const replies = await EmailMessage.find({ direction: "outbound" }, REPLY).lean<StoredMessage[]>();
  for (const thread of threads) {
    const own = replies.filter(({ threadId }) => threadId.equals(thread._id));
    expectNoClosedAttention(thread);
    expectUnseenIsShown(thread, own);
  }
  await expectOwners(expected, threads);
  for (const { id, status, attention, waitsSince, newest } of expected.tickets) {
    const thread = threads.find(({ _id }) => _id.toHexString() === id);
    expect({
      status: thread?.status,
      attention: thread?.attention?.kind ?? null,
      isWaiting: Boolean(thread?.waitingSince),
      newest: thread?.lastMessageId,
    }).toEqual({ status, attention: attention.shown, isWaiting: waitsSince !== null, newest });
  }
}

function isActive({ status }: StoredThread): boolean {
  return status === "open" || status === "in_progress";
}

function expectNoClosedAttention(thread: StoredThread): void {
  const { attention, openAttention = [], needsLookAt } = thread;
  if (!isActive(thread)) expect({ attention, openAttention }).toEqual({ attention: null, openAttention: [] });
  const isGraver = Boolean(attention) && attention?.kind !== "customer_mail";
  expect({ at: needsLookAt }).toEqual({ at: isGraver ? attention?.at : undefined });
}

/** By the stored facts alone. */
function expectUnseenIsShown(thread: StoredThread, replies: StoredMessage[]): void {
  const lines = thread.history ?? [];
  const undone = lines.filter(({ kind, undoes }) => kind === "undone" && undoes === "status_changed");
  const isUndone = ({ revision }: StoredHistoryLine) =>
    undone.some((undo) => lines.findLast((line) => isStatus(line, undo.revision))?.revision === revision);
  const seenAt = lines.findLast((line) => isLook(line) && !isUndone(line))?.revision ?? 0;
  const mails = lines.filter((line, index) => index === 0 || line.kind === "customer_replied");
  const problems = replies.flatMap((reply) => problemOf(reply, lines) ?? []);
  const unseen = [...mails, ...problems].filter(({ revision }) => revision > seenAt);
  const isShown = isActive(thread) && Boolean(thread.attention);
  expect(isShown ? [] : unseen.map(({ kind, messageId }) => ({ kind, messageId }))).toEqual([]);
}

/** The line that says that the reply did not arrive, or not for sure; null if it did, or a member has decided since. */
function problemOf(reply: StoredMessage, lines: StoredHistoryLine[]): StoredHistoryLine | null {
  const last = lines.findLast(
    ({ kind, messageId }) => messageId === reply._id && (kind === "came_back" || kind === "delivery_settled"),
  );
  if (last?.kind === "came_back" || last?.action === "undo") return last;
  // A ticket learns of an attempt after the attempt is recorded.
  const isKnown = isUndelivered(reply) && !reply.threadDueAt;
  if (isKnown) expect(last).toBeDefined();
  return isKnown && last && !last.by ? last : null;
}

/** A change of status before that revision. */
function isStatus({ kind, revision }: StoredHistoryLine, before: number): boolean {
  return kind === "status_changed" && revision < before;
}

function isUndelivered({ state, undelivered = [] }: StoredMessage): boolean {
  return UNDELIVERED.has(state ?? "") || undelivered.length > 0;
}

/** A person acts who has seen all. */
function isLook({ kind, statusTo }: StoredHistoryLine): boolean {
  if (kind === "status_changed") return statusTo === "waiting" || statusTo === "resolved";
  return kind === "replied" || kind === "seen";
}
