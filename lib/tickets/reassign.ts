import "server-only";
import type { ReassignRequest } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { Person, TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { crashPoint } from "@/lib/process/crash-point";
import { fail, ok, type Result } from "@/lib/result";
import { findHolder, takeBackFromRemoved } from "./can-hold";
import { decide } from "./decide";
import { readHandoverRules } from "./handover-rules";
import { heldByNow, SUMMARY_FIELDS, toSummary } from "./present";
import {
  ASSIGNEE_BEFORE,
  assignTo,
  changeThread,
  findForExplanation,
  lineOf,
  literal,
  newOperation,
  person,
} from "./transition";
import { assigneeIdOf, IS_UNASSIGNED, UNASSIGNED } from "./unassigned";

export type ReassignFailure = FailureOf<
  "not_found" | "not_assignee" | "unknown_member" | "changed_meanwhile" | "other_operation"
>;

type Options = { op?: string | undefined };

/**
 * Gives a ticket to the chosen member, if the assignee is still the one whom the caller saw. The assignee may do it, an
 * admin for anybody, and whoever gave the ticket away until the receiver has worked on it; an unassigned ticket may be
 * given to oneself, and to others by admins or, if the team's rules say so, by everybody. `claimedAt` starts anew. Of
 * several simultaneous acts on the ticket one counts; the others learn who holds it. The receiver has to be on the team and
 * no viewer; one who is removed at the same time does not get it, and the ticket is as before. Giving it to whom holds it already succeeds and changes
 * nothing. Safe to repeat with the same `op`. Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function reassignTicket(
  request: ReassignRequest,
  member: TeamMember,
  { op = newOperation() }: Options = {},
): Promise<Result<TicketSummary, ReassignFailure>> {
  const outcome = await decide(
    async () => {
      const holder = await findHolder(request.assignedTo);
      const where = await mayGive(request, member);
      if (!holder.ok || !where || request.assignedTo === request.expectedAssignedTo) return null;
      return write(request, member, { receiver: holder.value, where, op });
    },
    () => explainNotGiven(request, member, op),
    ["cards", "events", "deliver"],
  );
  const refusal = outcome.ok && (await takeBackFromRemoved(request.threadId, request.assignedTo, op));
  return refusal || outcome;
}

type Giving = { receiver: Person; where: Record<string, unknown>; op: string };

async function write(
  { threadId, expectedAssignedTo, note }: ReassignRequest,
  member: TeamMember,
  { receiver, where, op }: Giving,
): Promise<TicketSummary | null> {
  const isOwn = receiver.id === member.id;
  const isClaim = isOwn && expectedAssignedTo === null;
  const given = {
    handover: { op: literal(op), by: person(member), at: "$$NOW", note: literal(note || null) },
    tellDueAt: "$$NOW",
    tellDueSince: "$$REMOVE",
  };
  const changed = await changeThread({
    threadId,
    op,
    where,
    canUndo: true, // by its author in a bulk act, and by the desk if the receiver is removed just now
    set: { ...assignTo(receiver), claimedAt: "$$NOW", ...(isOwn ? {} : given) },
    line: {
      kind: isClaim ? "claimed" : "reassigned",
      by: member,
      details: {
        assignee: person(receiver),
        formerAssignee: { $cond: [IS_UNASSIGNED, null, ASSIGNEE_BEFORE] },
        claimedAt: "$$NOW",
        ...(note ? { note: literal(note) } : {}),
        ...(isClaim ? { sawMessageId: { $ifNull: ["$lastMessageId", null] } } : {}),
      },
    },
    returns: SUMMARY_FIELDS,
  });
  if (globalThis.CRASH_POINTS) crashPoint("reassign.written");
  return changed && toSummary(changed);
}

/** The condition on the assignee; null if the caller may not give away the ticket that they saw. */
async function mayGive(
  { assignedTo, expectedAssignedTo: expected }: ReassignRequest,
  member: TeamMember,
): Promise<Record<string, unknown> | null> {
  const isAdmin = member.role === "admin";
  if (expected !== null) {
    if (isAdmin || expected === member.id) return { assignedTo: expected };
    return { assignedTo: expected, "handover.by.id": member.id };
  }
  const isOpen = isAdmin || assignedTo === member.id || (await readHandoverRules()).membersAssignUnassigned;
  return isOpen ? UNASSIGNED : null;
}

/** Why the ticket was not given; null if it changed again and the write would match by now. */
async function explainNotGiven(
  request: ReassignRequest,
  member: TeamMember,
  op: string,
): Promise<Result<TicketSummary, ReassignFailure> | null> {
  const { threadId, assignedTo, expectedAssignedTo: expected } = request;
  const thread = await findForExplanation(threadId, op, SUMMARY_FIELDS);
  if (!thread) return fail({ reason: "not_found" });
  const own = lineOf(thread, op);
  const isThis = own?.assignee?.id === assignedTo && (own.kind === "reassigned" || own.kind === "claimed");
  if (own) return isThis ? ok(toSummary(thread)) : fail({ reason: "other_operation" });

  const mayGiveIt = (await mayGive(request, member)) !== null;
  if (!mayGiveIt) return fail({ reason: "not_assignee", act: "assign" });
  const holder = await findHolder(assignedTo);
  if (!holder.ok) return holder;
  const now = assigneeIdOf(thread);
  if (now === assignedTo && now === expected) return ok(toSummary(thread));
  if (now !== expected) return heldByNow(thread);
  const isOwn = expected === null || expected === member.id || member.role === "admin";
  const isGivers = thread.handover?.by.id === member.id;
  return isOwn || isGivers ? null : fail({ reason: "not_assignee", act: "reassign" });
}
