import "server-only";
import type { ClientSession, Types } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import {
  addressedBy,
  isCustomer,
  joinConversation,
  standingIn,
  type Standing,
} from "@/lib/conversation/joining";
import { fieldsOf, isNarrower, recipientsOf, type People } from "@/lib/conversation/people";
import { customerMail, waitingSinceOf } from "@/lib/conversation/attention";
import { readPeople } from "@/lib/conversation/recipients";
import {
  assignTo,
  changeThread,
  literal,
  ONE_MORE_MESSAGE,
  person,
  type Expression,
} from "@/lib/tickets/transition";
import { raised, REOPENING } from "@/lib/tickets/attention-change";
import { releaseFormer } from "@/lib/tickets/former-assignee";
import { assigneeIdOf } from "@/lib/tickets/unassigned";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { ThreadClosedError, type Filing } from "./filing";
import { applyReport } from "./report-effect";
import { excerptOf } from "./thread-from-mail";

/** The thread that a mail joins, as the transaction sees it, and the part that the mail's writer has in it. */
export type Joining = { thread: StoredThread; people: People; standing: Standing };

/** Reads the thread for the mail's transaction, which conflicts with every other change of the thread meanwhile. */
export async function readJoining(
  { sending, desk }: Filing,
  threadId: Types.ObjectId,
  session: ClientSession,
): Promise<Joining> {
  const thread = await EmailThread.findById(threadId).session(session).lean<StoredThread>();
  if (!thread || thread.emptiedAt) throw new ThreadClosedError();
  const people = await readPeople(thread, desk);
  return { thread, people, standing: standingIn(people, sending.arrival) };
}

/**
 * Changes the thread that a mail joins. A mail from outside reopens a waiting or resolved ticket, and unassigns it if the
 * assignee left the team. A colleague's mail claims an unassigned ticket if it went to somebody outside. A mail that only
 * claims to be the team's counts as a newer message. A delivery report tells of its reply; other automatic mail is only
 * counted.
 */
export async function extendThread(filing: Filing, joining: Joining, session: ClientSession): Promise<void> {
  const { thread } = joining;
  if (await applyReport(filing, thread, session)) return;
  if (filing.automatic) {
    // Silent: no history line, no card update, no reopening, nobody new, and no reply held.
    const counted = await EmailThread.updateOne(
      { _id: thread._id, emptiedAt: null },
      { $inc: { messageCount: 1 } },
      { session },
    );
    if (counted.matchedCount === 0) throw new ThreadClosedError();
    return;
  }
  const { messageId, row, sending } = filing;
  const { origin, writer } = sending.arrival;
  const effect =
    origin !== "outside" && !isCustomer(joining.people, writer)
      ? effectOfTeam(filing, joining)
      : await effectOfOutside(filing, joining, session);
  const changed = await changeThread({
    threadId: ThreadId.parse(thread._id.toHexString()),
    op: messageId,
    where: { emptiedAt: null, ...effect.where },
    set: {
      messageCount: ONE_MORE_MESSAGE,
      lastMessageAt: { $max: ["$lastMessageAt", literal(row.receivedAt)] },
      lastMessageId: literal(messageId),
      ...peopleAfter(filing, joining),
      ...effect.set,
    },
    line: { ...effect.line, way: "mail", details: { messageId: literal(messageId), ...effect.line.details } },
    session,
  });
  if (!changed) throw new ThreadClosedError();
}

/** The people with the mail, and the next `recipientsRevision` if it took somebody out of the recipients. */
function peopleAfter({ sending, desk }: Filing, { thread, people }: Joining): Record<string, Expression> {
  const after = joinConversation(people, sending.arrival, desk);
  const narrower = isNarrower(recipientsOf(people, desk), recipientsOf(after, desk));
  const fields = Object.entries(fieldsOf(after)).map(([field, value]) => [field, literal(value)]);
  return {
    ...(Object.fromEntries(fields) as Record<string, Expression>),
    ...(narrower ? { recipientsRevision: literal((thread.recipientsRevision ?? 0) + 1) } : {}),
  };
}

type Line = Parameters<typeof changeThread>[0]["line"];
type Effect = { where: Record<string, unknown>; set: Record<string, Expression>; line: Line };

/** The team's mail keeps the status; a colleague who wrote to somebody outside takes care of an unassigned ticket. */
function effectOfTeam({ sending, desk, messageId }: Filing, { thread }: Joining): Effect {
  const { colleague, arrival } = sending;
  const isAnswer = arrival.origin === "team" && addressedBy(arrival, desk).length > 0;
  const answered = isAnswer
    ? { firstRepliedAt: { $ifNull: ["$firstRepliedAt", literal(arrival.at)] }, waitingSince: null }
    : {};
  if (!colleague || !isAnswer || assigneeIdOf(thread) !== null) {
    return { where: {}, set: answered, line: lineBy(colleague, "received") };
  }
  return { where: {}, set: { ...answered, ...assignTo(colleague) }, line: claimLine(colleague, messageId) };
}

/** A look at the ticket, as a claim by the button is. */
function claimLine(colleague: TeamMember, messageId: string): Line {
  const line = lineBy(colleague, "claimed");
  const claim = { assignee: person(colleague), claimedAt: "$$NOW", sawMessageId: literal(messageId) };
  return { ...line, details: { ...line.details, ...claim } };
}

/** Not as the author of the change: a mail is filed also if the history is too full for what members do. */
function lineBy(colleague: TeamMember | null, kind: Line["kind"]): Line {
  return { kind, by: null, details: colleague ? { by: person(colleague) } : {} };
}

async function effectOfOutside(
  { row, mail, messageId }: Filing,
  { thread }: Joining,
  session: ClientSession,
): Promise<Effect> {
  const release = await releaseFormer(thread, session);
  return {
    where: release.where,
    set: {
      ...raised(thread, customerMail(messageId, row.receivedAt), waitingSinceOf(thread) ?? row.receivedAt),
      lastInboundAt: { $max: ["$lastInboundAt", literal(row.receivedAt)] },
      excerpt: literal(excerptOf(mail)),
      ...release.set,
    },
    line: {
      kind: "customer_replied",
      by: null,
      details: {
        ...REOPENING,
        ...release.details,
      },
    },
  };
}
