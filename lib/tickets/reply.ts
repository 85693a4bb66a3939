import "server-only";
import type { TeamMember } from "@/lib/api/vocabulary";
import { aliasOf } from "@/lib/conversation/aliases";
import { readDesk, type DeskAddresses } from "@/lib/conversation/desk";
import type { People } from "@/lib/conversation/people";
import { readPeople } from "@/lib/conversation/recipients";
import { crashPoint } from "@/lib/process/crash-point";
import type { Result } from "@/lib/result";
import { inTransaction, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { EmailMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { ALL_SEEN } from "./attention-change";
import { decide } from "./decide";
import { explainHeldReply, type AcceptedReply, type ReplyAttempt, type ReplyFailure } from "./held-reply";
import { ASSIGNMENT_FIELDS, toAssignment } from "./present";
import { draftReply, type ReplyDraft, type ReplyInput } from "./reply-draft";
import { findSameText, identifyReply } from "./reply-identity";
import { addressReply, joinByReply, PEOPLE_FIELDS, roomFor, type Addressed } from "./reply-recipients";
import {
  assignTo,
  changeThread,
  findStoredThread,
  literal,
  ONE_MORE_MESSAGE,
  person,
  setStatus,
  STATUS_BEFORE,
} from "./transition";
import { unassignedOr } from "./unassigned";

/**
 * Accepts `member`'s reply to a ticket that nobody else holds, that has no newer message than `member` has read, and
 * whose recipients are those that `member` saw: in one transaction the reply is queued, the ticket becomes `member`'s,
 * and recipients who are new in it become participants. Otherwise nothing is stored, and the answer says who holds it,
 * which messages are newer, that `member` just sent the same text, or who the recipients are now. The same reply again
 * (same key, or same text to the same message) is the same row: however often and from wherever it is sent, one mail
 * goes out. The delivery follower sends it. Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function replyToTicket(
  request: ReplyInput,
  member: TeamMember,
): Promise<Result<AcceptedReply, ReplyFailure>> {
  const attempt: ReplyAttempt = { desk: null, identity: null };
  return decide(
    () => writeReply(request, member, attempt),
    () => explainHeldReply(request, member, attempt),
    ["deliver", "cards", "events"],
  );
}

async function writeReply(
  request: ReplyInput,
  member: TeamMember,
  attempt: ReplyAttempt,
): Promise<AcceptedReply | null> {
  const [thread, desk] = await Promise.all([findStoredThread(request.threadId), attempt.desk ?? readDesk()]);
  attempt.desk = desk;
  if (!thread || thread.mergedInto) return null;
  const people = await readPeople(thread, desk);
  const { messageId, seen } = (attempt.identity = await identifyReply(request, thread, member));
  if (await findSameText(request, attempt.identity, thread, member)) return null;
  const addressed = addressReply(request, people, desk);
  if (!addressed.ok) return null;
  const { recipients, joining } = addressed.value;
  const draft = await draftReply(request, { messageId, recipients }, thread, member);
  const guard = {
    lastMessageId: seen,
    ...revisionAt(request.recipientsRevision ?? thread.recipientsRevision),
  };
  const replied = await acceptReply(request, { draft, joining, people, desk, guard }, member);
  if (globalThis.CRASH_POINTS) crashPoint("reply.committed");
  const assignment = replied && toAssignment(replied);
  return assignment && { messageId, state: "queued", assignment };
}

/** The part of the filter by which the recipients are still those of this revision; a missing one is 0. */
function revisionAt(recipientsRevision = 0): Record<string, unknown> {
  return { recipientsRevision: recipientsRevision === 0 ? trusted({ $in: [0, null] }) : recipientsRevision };
}

type RepliedThread = Pick<StoredThread, "_id" | (typeof ASSIGNMENT_FIELDS)[number]>;
type Prepared = Pick<Addressed, "joining"> & {
  draft: ReplyDraft;
  people: People;
  desk: DeskAddresses;
  guard: Record<string, unknown>;
};

/** The thread afterwards; null, with nothing written, if the rule did not match or the reply is stored already. */
async function acceptReply(
  { threadId, status = "in_progress" }: ReplyInput,
  { draft, joining, people, desk, guard }: Prepared,
  member: TeamMember,
): Promise<RepliedThread | null> {
  const assignee = assignTo(member);
  try {
    return await inTransaction(async (session) => {
      const thread = await changeThread({
        threadId,
        op: draft._id,
        where: {
          ...unassignedOr(member.id),
          mergedInto: null,
          emptiedAt: null,
          ...guard,
          ...roomFor(joining),
        },
        set: {
          ...assignee,
          ...setStatus(status),
          ...ALL_SEEN,
          waitingSince: null,
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
        returns: [...ASSIGNMENT_FIELDS, ...PEOPLE_FIELDS],
        session,
      });
      if (!thread) return null;
      await joinByReply(thread, { people, joining, at: draft.at, session });
      await EmailMessage.create([draft], { session });
      await ThreadAlias.create([aliasOf(desk, draft)], { session });
      if (globalThis.CRASH_POINTS) crashPoint("reply.before-commit");
      return thread;
    });
  } catch (error) {
    if (isDuplicateKey(error)) return null; // stored by an earlier call with the same key
    throw error;
  }
}
