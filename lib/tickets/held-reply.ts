import "server-only";
import type { FailureOf } from "@/lib/api/refusals";
import type { Assignment, DeliveryState, TeamMember, TicketMessage } from "@/lib/api/vocabulary";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { readPeople, toConversation } from "@/lib/conversation/recipients";
import { sha256 } from "@/lib/hash";
import { fail, ok, type Result } from "@/lib/result";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { assignmentTo, claimedByOther } from "./present";
import type { ReplyInput } from "./reply-draft";
import { findSameText, lastLook, messagesAfter, type ReplyIdentity } from "./reply-identity";
import { addressReply, isForOthers } from "./reply-recipients";
import { ANSWER_MAX_BYTES, readMessages } from "./shown-messages";
import { findStoredThread, lineOf } from "./transition";

export type AcceptedReply = { messageId: string; state: DeliveryState; assignment: Assignment };
export type ReplyFailure = FailureOf<
  | "not_found"
  | "already_claimed"
  | "changed_meanwhile"
  | "newer_messages"
  | "same_text"
  | "key_reused"
  | "no_recipient"
  | "invalid_recipient"
  | "too_many_participants"
  | "recipients_changed"
  | "delivery_settled"
>;

/** Facts of one call: the desk, read once, and which reply the last write tried to store, if it found the ticket. */
export type ReplyAttempt = { desk: DeskAddresses | null; identity: ReplyIdentity | null };

/** Why nothing was stored; null if the ticket changed again and the reply could be stored by now. */
export async function explainHeldReply(
  request: ReplyInput,
  member: TeamMember,
  { desk, identity }: ReplyAttempt,
): Promise<Result<AcceptedReply, ReplyFailure> | null> {
  const thread = await findStoredThread(request.threadId);
  if (!thread || thread.mergedInto) return fail({ reason: "not_found" });
  if (!identity || !desk) return null;
  const { messageId, seen } = identity;
  const row = await EmailMessage.findById(messageId).readConcern("majority").lean<StoredMessage>();
  if (row) return answerRepeat(request, row, thread, member);
  if (lineOf(thread, messageId)) throw new Error(`Reply ${messageId} is in the history but not stored`);

  const taken = claimedByOther(thread, member);
  if (taken) return taken;
  const people = await readPeople(thread, desk);
  const addressed = addressReply(request, people, desk);
  if (!addressed.ok) return addressed;

  const lastMessageId = thread.lastMessageId ?? null;
  const read = request.lastSeenMessageId === undefined ? await lastLook(thread, member) : seen;
  if (read !== lastMessageId) {
    return fail({
      reason: "newer_messages",
      messages: await messagesAfter(read, thread),
      lastMessageId,
    });
  }
  const same = await findSameText(request, identity, thread, member);
  if (same) return fail({ reason: "same_text", messages: await readOne(same._id), lastMessageId });
  const { recipientsRevision } = request;
  const isStale = recipientsRevision !== undefined && recipientsRevision !== (thread.recipientsRevision ?? 0);
  if (!isStale) return null;
  return fail({ reason: "recipients_changed", ...toConversation(people, thread.recipientsRevision, desk) });
}

async function readOne(messageId: string): Promise<TicketMessage[]> {
  const { messages } = await readMessages({ _id: messageId }, { countMax: 1, bytesMax: ANSWER_MAX_BYTES });
  return messages;
}

async function answerRepeat(
  request: ReplyInput,
  row: StoredMessage,
  thread: StoredThread,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure>> {
  if (row.textHash !== sha256(request.text) || isForOthers(request, row)) {
    return fail({ reason: "key_reused", text: row.text });
  }
  if (row.state === "cancelled") return fail({ reason: "delivery_settled", state: row.state });
  const line = await replyLine(thread, row._id);
  return ok({
    messageId: row._id,
    state: row.state ?? "queued",
    assignment: assignmentTo(member, line?.claimedAt ?? row.at),
  });
}

async function replyLine(
  thread: StoredThread,
  messageId: string,
): Promise<StoredHistoryLine | StoredTicketEvent | null> {
  const line = thread.history?.find(({ kind, messageId: id }) => kind === "replied" && id === messageId);
  const filter = { threadId: thread._id, kind: "replied", messageId } as const;
  return line ?? TicketEvent.findOne(filter).maxTimeMS(QUERY_TIME_MAX_MS).lean<StoredTicketEvent>();
}
