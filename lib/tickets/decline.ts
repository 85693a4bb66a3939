import "server-only";
import type { ClientSession } from "mongoose";
import type { DeclineRequest } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { sha256 } from "@/lib/hash";
import { crashPoint } from "@/lib/process/crash-point";
import { fail, ok, type Result } from "@/lib/result";
import { readClock } from "@/lib/store/clock";
import { inTransaction } from "@/lib/store/db";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { raised, REOPENING } from "./attention-change";
import { decide } from "./decide";
import { SUMMARY_FIELDS, toSummary } from "./present";
import {
  ASSIGNEE_BEFORE,
  changeThread,
  findForExplanation,
  lineOf,
  literal,
  newOperation,
  NOBODY,
  ONE_MORE_MESSAGE,
} from "./transition";

type DeclineFailure = FailureOf<"not_found" | "not_assignee" | "not_handed_over" | "changed_meanwhile">;

/**
 * Declines a ticket that somebody gave to `member`, who has not worked on it since: in one transaction it is unassigned, a
 * row in its conversation tells who declined it and why, and it needs a look, also of whoever gave it, until somebody holds
 * it. If it was taken back, given on or unclaimed at the same time, one of the acts counts. Safe to repeat with the same
 * `op`. Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function declineTicket(
  request: DeclineRequest,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<TicketSummary, DeclineFailure>> {
  return decide(
    async () => {
      const declined = await inTransaction((session) => write(request, member, op, session));
      if (globalThis.CRASH_POINTS) crashPoint("decline.committed");
      return declined;
    },
    () => explainKept(request, member, op),
  );
}

async function write(
  { threadId, reason }: DeclineRequest,
  { id, email, name }: TeamMember,
  op: string,
  session: ClientSession,
): Promise<TicketSummary | null> {
  const thread = await EmailThread.findById(threadId, null, { session }).lean<StoredThread>();
  if (!thread?.handover || thread.assignedTo !== id) return null;
  const { by: givenBy, op: givenOp } = thread.handover;
  const messageId = sha256(["declined", threadId, op]);
  const at = await readClock("$$NOW");
  const by = { id, email, name };
  const attention = { kind: "declined" as const, at, messageId, replyId: null, cause: null };
  const changed = await changeThread({
    threadId,
    op,
    where: { assignedTo: id, "handover.op": givenOp, mergedInto: null, emptiedAt: null },
    set: {
      ...NOBODY,
      ...raised(thread, attention),
      givenBackTo: literal(givenBy.id),
      declined: literal({ by, reason }),
      lastMessageAt: literal(at),
      messageCount: ONE_MORE_MESSAGE,
    },
    line: {
      kind: "declined",
      by,
      details: {
        assignee: ASSIGNEE_BEFORE,
        note: literal(reason),
        messageId: literal(messageId),
        ...REOPENING,
      },
    },
    returns: SUMMARY_FIELDS,
    session,
  });
  if (!changed) return null;
  const row = { _id: messageId, threadId: thread._id, direction: "notice" as const, automatic: true, at };
  await EmailMessage.create([{ ...row, declined: { by, givenBy, reason } }], { session });
  if (globalThis.CRASH_POINTS) crashPoint("decline.before-commit");
  return toSummary(changed);
}

/** Why the ticket was not declined; null if it was given to the member again and the write would match by now. */
async function explainKept(
  { threadId }: DeclineRequest,
  member: TeamMember,
  op: string,
): Promise<Result<TicketSummary, DeclineFailure> | null> {
  const thread = await findForExplanation(threadId, op, [...SUMMARY_FIELDS, "emptiedAt", "mergedInto"]);
  if (!thread || thread.emptiedAt || thread.mergedInto) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok(toSummary(thread));
  if (thread.assignedTo !== member.id) return fail({ reason: "not_assignee", act: "decline" });
  return thread.handover ? null : fail({ reason: "not_handed_over" });
}
