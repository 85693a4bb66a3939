import "server-only";
import { trusted } from "@/lib/store/db";
import { nudgeFollowers } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import type { ThreadId } from "@/lib/api/contracts";
import { toAssignment } from "./present";
import type { TicketFailure } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { changeThread, findStoredThread, lineOf, newOperation, NOBODY } from "./transition";

export type UnclaimFailure = Extract<
  TicketFailure,
  { reason: "not_found" | "not_assignee" | "changed_meanwhile" }
>;

type Options = {
  /** Who the caller saw holding it. Given, the ticket is taken from that member and nobody else. */
  expectedAssignedTo?: string | undefined;
  op?: string;
};

/**
 * Puts a ticket back into the pool; its status stays. The assignee may do it, and an admin for anybody. A ticket that
 * nobody holds is a success. Where `expectedAssignedTo` is given and somebody else holds it by now, nothing is
 * changed: a late click never undoes a newer claim. Safe to repeat with the same `op`.
 */
export async function unclaimTicket(
  threadId: ThreadId,
  member: TeamMember,
  { expectedAssignedTo, op = newOperation() }: Options = {},
): Promise<Result<null, UnclaimFailure>> {
  const holder = releasable(member, expectedAssignedTo);
  return settleOutcome(async () => {
    for (;;) {
      const released =
        holder &&
        (await changeThread({
          threadId,
          op,
          where: { assignedTo: holder },
          set: NOBODY,
          line: {
            kind: "unclaimed",
            by: member,
            details: { assignee: { id: "$assignedTo", email: "$assignedToEmail", name: "$assignedToName" } },
          },
        }));
      if (released) {
        nudgeFollowers();
        return ok(null);
      }
      const outcome = await explainKept(threadId, member, expectedAssignedTo, op);
      if (outcome) return outcome;
    }
  });
}

/** Whom this caller may take the ticket from, as a condition; null where the expected holder is not theirs to touch. */
function releasable(member: TeamMember, expected: string | undefined) {
  if (member.role === "admin") return expected ?? trusted({ $ne: null });
  return expected === undefined || expected === member.id ? member.id : null;
}

/** Why nothing was released, or null where the thread changed again in between and the write should be repeated. */
async function explainKept(
  threadId: ThreadId,
  member: TeamMember,
  expected: string | undefined,
  op: string,
): Promise<Result<null, UnclaimFailure> | null> {
  const thread = await findStoredThread(threadId);
  if (!thread) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok(null);

  const holder = toAssignment(thread);
  if (!holder) return ok(null);

  const isOurs = member.role === "admin" || holder.assignedTo === member.id;
  if (expected !== undefined && expected !== holder.assignedTo && (isOurs || expected === member.id)) {
    return fail({ reason: "changed_meanwhile", ...holder });
  }
  return isOurs ? null : fail({ reason: "not_assignee" });
}
