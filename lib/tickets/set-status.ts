import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember, TicketStatus, TicketSummary } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { decide } from "./decide";
import { claimedByOther, SUMMARY_FIELDS, toSummary } from "./present";
import {
  assignTo,
  changeThread,
  findForExplanation,
  lineOf,
  literal,
  newOperation,
  person,
  setStatus,
  STATUS_BEFORE,
} from "./transition";
import { unassignedOr } from "./unassigned";

type StatusFailure = FailureOf<"not_found" | "already_claimed" | "changed_meanwhile">;

/**
 * Gives a ticket another status. The assignee may do it, and anybody on an unassigned ticket, which claims it as a
 * reply does: so a resolved ticket always has an owner. Setting the status it already has succeeds and changes nothing.
 * Of two simultaneous calls on an unassigned ticket one wins and the other learns who has it. Safe to repeat with the
 * same `op`.
 */
export async function setTicketStatus(
  threadId: ThreadId,
  status: TicketStatus,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<TicketSummary, StatusFailure>> {
  return decide(
    async () => {
      const changed = await changeThread({
        threadId,
        op,
        where: {
          ...unassignedOr(member.id),
          $nor: [{ assignedTo: member.id, status }], // unchanged: no line, no revision
        },
        set: { ...assignTo(member), ...setStatus(status) },
        line: {
          kind: "status_changed",
          by: member,
          details: {
            assignee: person(member),
            statusFrom: STATUS_BEFORE,
            statusTo: literal(status),
            sawMessageId: { $ifNull: ["$lastMessageId", null] },
          },
        },
        returns: SUMMARY_FIELDS,
      });
      return changed && toSummary(changed);
    },
    () => explainUnchanged(threadId, status, member, op),
  );
}

async function explainUnchanged(
  threadId: ThreadId,
  status: TicketStatus,
  member: TeamMember,
  op: string,
): Promise<Result<TicketSummary, StatusFailure> | null> {
  const thread = await findForExplanation(threadId, op, SUMMARY_FIELDS);
  if (!thread) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok(toSummary(thread));

  const isUnchanged = thread.assignedTo === member.id && (thread.status ?? "open") === status;
  return claimedByOther(thread, member) ?? (isUnchanged ? ok(toSummary(thread)) : null);
}
