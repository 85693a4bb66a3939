import "server-only";
import { trusted } from "@/lib/store/db";
import { nudgeFollowers } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import type { ThreadId } from "@/lib/api/contracts";
import { toAssignment, toSummary } from "./present";
import type { TicketFailure } from "@/lib/api/refusals";
import type { TeamMember, TicketStatus, TicketSummary } from "@/lib/api/vocabulary";
import {
  assignTo,
  changeThread,
  findStoredThread,
  lineOf,
  literal,
  newOperation,
  setStatus,
} from "./transition";

export type StatusFailure = Extract<TicketFailure, { reason: "not_found" | "already_claimed" }>;

/**
 * Gives a ticket another status. Its holder may, and anybody on a ticket that nobody holds, which claims it, as a
 * reply does: so a resolved ticket always has an owner. Setting the status it has is a success that changes nothing.
 * Of two simultaneous calls on an unowned ticket one wins and the other learns who has it. Safe to repeat with the
 * same `op`.
 */
export async function setTicketStatus(
  threadId: ThreadId,
  status: TicketStatus,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<TicketSummary, StatusFailure>> {
  return settleOutcome(async () => {
    for (;;) {
      const changed = await changeThread({
        threadId,
        op,
        where: {
          assignedTo: trusted({ $in: [null, member.id] }),
          $nor: [{ assignedTo: member.id, status }], // already so: no line, no revision
        },
        set: { ...assignTo(member), ...setStatus(status) },
        line: {
          kind: "status_changed",
          by: member,
          details: {
            assignee: literal({ id: member.id, email: member.email, name: member.name }),
            statusFrom: { $ifNull: ["$status", "open"] },
            statusTo: literal(status),
            sawMessageId: { $ifNull: ["$lastMessageId", null] },
          },
        },
      });
      if (changed) {
        nudgeFollowers();
        return ok(toSummary(changed));
      }
      const outcome = await explainUnchanged(threadId, status, member, op);
      if (outcome) return outcome;
    }
  });
}

async function explainUnchanged(
  threadId: ThreadId,
  status: TicketStatus,
  member: TeamMember,
  op: string,
): Promise<Result<TicketSummary, StatusFailure> | null> {
  const thread = await findStoredThread(threadId);
  if (!thread) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok(toSummary(thread));

  const holder = toAssignment(thread);
  if (holder && holder.assignedTo !== member.id) return fail({ reason: "already_claimed", ...holder });
  const isSo = holder !== null && (thread.status ?? "open") === status;
  return isSo ? ok(toSummary(thread)) : null;
}
