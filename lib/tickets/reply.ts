import "server-only";
import mongoose from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import { inTransaction, trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { inboxName } from "@/lib/conversation/inbox";
import { aliasId } from "@/lib/mail/message-id";
import { nudgeFollowers } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { toAssignment, toMessage } from "./present";
import { draftReply, textHash, type ReplyInput } from "./reply-draft";
import { identifyReply, lastLook, messagesAfter, type ReplyIdentity } from "./reply-identity";
import type { TicketFailure } from "@/lib/api/refusals";
import type { Assignment, DeliveryState, TeamMember } from "@/lib/api/vocabulary";
import { assignTo, changeThread, findStoredThread, lineOf, literal, setStatus } from "./transition";

export type AcceptedReply = { messageId: string; state: DeliveryState; assignment: Assignment };
export type ReplyFailure = Extract<
  TicketFailure,
  {
    reason:
      "not_found" | "already_claimed" | "newer_messages" | "key_reused" | "no_recipient" | "delivery_settled";
  }
>;

/**
 * Accepts `member`'s reply to a ticket that nobody else holds and in which nothing newer was written than `member` has
 * read; it is then queued, and the ticket is `member`'s, in one transaction. Otherwise nothing is stored, and the
 * answer says who holds it, or what is newer. The same reply again (same key, or same text to the same message) is the
 * same row: however often and wherever it is sent, one mail goes out. Sending the mail is the delivery follower's.
 * Throws `OutcomeUnknownError` where the database stayed away for 10 s.
 */
export async function replyToTicket(
  request: ReplyInput,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure>> {
  return settleOutcome(async () => {
    for (;;) {
      const thread = await findStoredThread(request.threadId);
      if (!thread || thread.mergedInto) return fail({ reason: "not_found" });
      const identity = await identifyReply(request, thread, member);
      const draft = await draftReply(request, identity.messageId, thread, member);
      if (!draft) return fail({ reason: "no_recipient" });

      const replied = await acceptReply(request, draft, identity.seen, member);
      if (globalThis.CRASH_POINTS) crashPoint("reply.committed");
      if (replied) nudgeFollowers();
      const assignment = replied && toAssignment(replied);
      if (assignment) return ok({ messageId: identity.messageId, state: "queued", assignment });

      const outcome = await explainHeldReply(request, identity, member);
      if (outcome) return outcome;
    }
  });
}

/** The thread afterwards, or null where its rule did not match or the row was there; then nothing was written. */
async function acceptReply(
  { threadId, status = "in_progress" }: ReplyInput,
  draft: StoredMessage,
  seen: string | null,
  member: TeamMember,
): Promise<StoredThread | null> {
  const assignee = assignTo(member);
  try {
    return await inTransaction(async (session) => {
      const thread = await changeThread({
        threadId,
        op: draft._id,
        where: { mergedInto: null, assignedTo: trusted({ $in: [null, member.id] }), lastMessageId: seen },
        set: {
          ...assignee,
          ...setStatus(status),
          lastMessageId: literal(draft._id),
          lastMessageAt: "$$NOW",
          messageCount: { $add: [{ $ifNull: ["$messageCount", 0] }, 1] },
        },
        line: {
          kind: "replied",
          by: member,
          details: {
            assignee: literal({ id: member.id, email: member.email, name: member.name }),
            claimedAt: assignee.claimedAt,
            statusFrom: { $ifNull: ["$status", "open"] },
            statusTo: literal(status),
            messageId: literal(draft._id),
            sawMessageId: literal(draft._id),
          },
        },
        session,
      });
      if (!thread) return null;
      await EmailMessage.create([draft], { session });
      const alias = aliasId(thread.inbox ?? inboxName(), draft.rfcMessageId ?? "");
      await ThreadAlias.create([{ _id: alias, threadId: draft.threadId, at: draft.at }], { session });
      if (globalThis.CRASH_POINTS) crashPoint("reply.before-commit");
      return thread;
    });
  } catch (error) {
    // 11000: the row was there, from an earlier call with the same key.
    if (error instanceof mongoose.mongo.MongoServerError && error.code === 11_000) return null;
    throw error;
  }
}

/** Why nothing was stored, or null where the ticket changed again in between and the reply should be tried again. */
async function explainHeldReply(
  request: ReplyInput,
  { messageId, seen }: ReplyIdentity,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure> | null> {
  const thread = await findStoredThread(request.threadId);
  if (!thread) return fail({ reason: "not_found" });
  const row = await EmailMessage.findById(messageId).readConcern("majority").lean<StoredMessage>();
  if (row) return answerRepeat(request, row, thread, member);
  if (lineOf(thread, messageId)) throw new Error(`Reply ${messageId} is in the history but not stored`);

  const holder = toAssignment(thread);
  if (holder && holder.assignedTo !== member.id) return fail({ reason: "already_claimed", ...holder });

  const lastMessageId = thread.lastMessageId ?? null;
  const read = request.lastSeenMessageId === undefined ? await lastLook(thread, member) : seen;
  if (read === lastMessageId) return null;
  return fail({
    reason: "newer_messages",
    messages: (await messagesAfter(read, thread)).map(toMessage),
    lastMessageId,
  });
}

async function answerRepeat(
  request: ReplyInput,
  row: StoredMessage,
  thread: StoredThread,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure>> {
  if (row.textHash !== textHash(request.text)) return fail({ reason: "key_reused", text: row.text });
  if (row.state === "cancelled") return fail({ reason: "delivery_settled", state: row.state });
  const line = await replyLine(thread, row._id);
  return ok({
    messageId: row._id,
    state: row.state ?? "queued",
    assignment: {
      assignedTo: member.id,
      assignedToEmail: member.email,
      assignedToName: member.name,
      claimedAt: (line?.claimedAt ?? row.at).toISOString(),
    },
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
