import "server-only";
import type { FailureOf } from "@/lib/api/refusals";
import type { Assignment, DeliveryState, TeamMember } from "@/lib/api/vocabulary";
import { sha256 } from "@/lib/hash";
import { readDesk } from "@/lib/conversation/desk";
import { readConversation } from "@/lib/conversation/recipients";
import { aliasId } from "@/lib/mail/message-id";
import { crashPoint } from "@/lib/process/crash-point";
import { fail, ok, type Result } from "@/lib/result";
import { inTransaction, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { decide } from "./decide";
import { ASSIGNMENT_FIELDS, assignmentTo, claimedByOther, toAssignment } from "./present";
import { draftReply, type ReplyDraft, type ReplyInput } from "./reply-draft";
import { identifyReply, lastLook, messagesAfter, type ReplyIdentity } from "./reply-identity";
import {
  assignTo,
  changeThread,
  findStoredThread,
  lineOf,
  literal,
  ONE_MORE_MESSAGE,
  person,
  setStatus,
  STATUS_BEFORE,
} from "./transition";
import { unassignedOr } from "./unassigned";

export type AcceptedReply = { messageId: string; state: DeliveryState; assignment: Assignment };
type ReplyFailure = FailureOf<
  | "not_found"
  | "already_claimed"
  | "changed_meanwhile"
  | "newer_messages"
  | "key_reused"
  | "no_recipient"
  | "delivery_settled"
>;

/**
 * Accepts `member`'s reply to a ticket that nobody else holds and that has no newer message than `member` has read: in
 * one transaction the reply is queued and the ticket becomes `member`'s. Otherwise nothing is stored, and the answer
 * says who holds it, or which messages are newer. The same reply again (same key, or same text to the same message) is
 * the same row: however often and from wherever it is sent, one mail goes out. The delivery follower sends the mail.
 * Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function replyToTicket(
  request: ReplyInput,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure>> {
  const attempt: Attempt = { identity: null };
  return decide(
    () => writeReply(request, member, attempt),
    () => explainHeldReply(request, member, attempt),
    ["deliver", "cards", "events"],
  );
}

/** Which reply the last write tried to store; null if it found no ticket to reply to. */
type Attempt = { identity: ReplyIdentity | null };

async function writeReply(
  request: ReplyInput,
  member: TeamMember,
  attempt: Attempt,
): Promise<AcceptedReply | null> {
  const thread = await findStoredThread(request.threadId);
  if (!thread || thread.mergedInto) return null;
  const { messageId, seen } = (attempt.identity = await identifyReply(request, thread, member));
  const draft = await draftReply(request, messageId, thread, member);
  const replied = draft && (await acceptReply(request, draft, seen, member));
  if (globalThis.CRASH_POINTS) crashPoint("reply.committed");
  const assignment = replied && toAssignment(replied);
  return assignment && { messageId, state: "queued", assignment };
}

type RepliedThread = Pick<StoredThread, "_id" | (typeof ASSIGNMENT_FIELDS)[number]>;

/** The thread afterwards; null, with nothing written, if the rule did not match or the reply is stored already. */
async function acceptReply(
  { threadId, status = "in_progress" }: ReplyInput,
  draft: ReplyDraft,
  seen: string | null,
  member: TeamMember,
): Promise<RepliedThread | null> {
  const assignee = assignTo(member);
  const desk = await readDesk();
  try {
    return await inTransaction(async (session) => {
      const thread = await changeThread({
        threadId,
        op: draft._id,
        where: { ...unassignedOr(member.id), mergedInto: null, emptiedAt: null, lastMessageId: seen },
        set: {
          ...assignee,
          ...setStatus(status),
          lastMessageId: literal(draft._id),
          lastMessageAt: "$$NOW",
          messageCount: ONE_MORE_MESSAGE,
        },
        line: {
          kind: "replied",
          by: member,
          details: {
            assignee: person(member),
            claimedAt: assignee.claimedAt,
            statusFrom: STATUS_BEFORE,
            statusTo: literal(status),
            messageId: literal(draft._id),
            sawMessageId: literal(draft._id),
          },
        },
        returns: ASSIGNMENT_FIELDS,
        session,
      });
      if (!thread) return null;
      await EmailMessage.create([draft], { session });
      const alias = aliasId(desk.key, draft.rfcMessageId ?? "");
      await ThreadAlias.create([{ _id: alias, threadId: draft.threadId, at: draft.at }], { session });
      if (globalThis.CRASH_POINTS) crashPoint("reply.before-commit");
      return thread;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return null; // stored by an earlier call with the same key
    throw error;
  }
}

/** Why nothing was stored; null if the ticket changed again and the reply could be stored by now. */
async function explainHeldReply(
  request: ReplyInput,
  member: TeamMember,
  { identity }: Attempt,
): Promise<Result<AcceptedReply, ReplyFailure> | null> {
  const thread = await findStoredThread(request.threadId);
  if (!thread || thread.mergedInto) return fail({ reason: "not_found" });
  if (!identity) return null;
  const { messageId, seen } = identity;
  const row = await EmailMessage.findById(messageId).readConcern("majority").lean<StoredMessage>();
  if (row) return answerRepeat(request, row, thread, member);
  if (lineOf(thread, messageId)) throw new Error(`Reply ${messageId} is in the history but not stored`);

  const taken = claimedByOther(thread, member);
  if (taken) return taken;
  const { recipients } = await readConversation(thread);
  if (recipients.to.length === 0) return fail({ reason: "no_recipient" });

  const lastMessageId = thread.lastMessageId ?? null;
  const read = request.lastSeenMessageId === undefined ? await lastLook(thread, member) : seen;
  if (read === lastMessageId) return null;
  return fail({
    reason: "newer_messages",
    messages: await messagesAfter(read, thread),
    lastMessageId,
  });
}

async function answerRepeat(
  request: ReplyInput,
  row: StoredMessage,
  thread: StoredThread,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure>> {
  if (row.textHash !== sha256(request.text)) return fail({ reason: "key_reused", text: row.text });
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
