import "server-only";
import type { FailureOf } from "@/lib/api/refusals";
import type { ThreadId } from "@/lib/api/contracts";
import type { Assignment, TeamMember } from "@/lib/api/vocabulary";
import { countClaim } from "@/lib/metrics";
import { crashPoint } from "@/lib/process/crash-point";
import { fail, ok, type Result } from "@/lib/result";
import { OutcomeUnknownError } from "@/lib/store/unknown-outcome";
import { decide } from "./decide";
import { ASSIGNMENT_FIELDS, assignmentTo, claimedByOther, toAssignment } from "./present";
import { assignTo, changeThread, findForExplanation, lineOf, newOperation, person } from "./transition";
import { UNASSIGNED } from "./unassigned";

type ClaimFailure = FailureOf<"not_found" | "already_claimed" | "changed_meanwhile" | "other_operation">;

/**
 * Gives an unassigned ticket to `member`. Of any number of simultaneous calls exactly one wins; the others learn who
 * has it and since when. Claiming a ticket again that the member holds succeeds with the same `claimedAt`. A call whose
 * answer was lost may be repeated with the same `op`: it gets the same answer, even if the ticket was unclaimed since.
 * Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function claimTicket(
  threadId: ThreadId,
  member: TeamMember,
  op = newOperation(),
  { canUndo = false } = {},
): Promise<Result<Assignment, ClaimFailure>> {
  try {
    const outcome = await decide(
      () => writeClaim(threadId, member, op, canUndo),
      () => explainLostClaim(threadId, member, op),
    );
    countClaim(outcome.ok ? "won" : "lost");
    return outcome;
  } catch (error) {
    if (error instanceof OutcomeUnknownError) countClaim("unknown");
    throw error;
  }
}

async function writeClaim(
  threadId: ThreadId,
  member: TeamMember,
  op: string,
  canUndo: boolean,
): Promise<Assignment | null> {
  if (globalThis.CRASH_POINTS) crashPoint("claim.before-write");
  const claimed = await changeThread({
    threadId,
    op,
    where: UNASSIGNED,
    canUndo,
    set: assignTo(member),
    line: {
      kind: "claimed",
      by: member,
      details: {
        assignee: person(member),
        claimedAt: "$$NOW",
        sawMessageId: { $ifNull: ["$lastMessageId", null] },
      },
    },
    returns: ASSIGNMENT_FIELDS,
  });
  if (globalThis.CRASH_POINTS) crashPoint("claim.written");
  return claimed && toAssignment(claimed);
}

/** Why the claim did not match; null if the assignee has unclaimed the ticket by now. */
async function explainLostClaim(
  threadId: ThreadId,
  member: TeamMember,
  op: string,
): Promise<Result<Assignment, ClaimFailure> | null> {
  const thread = await findForExplanation(threadId, op, ASSIGNMENT_FIELDS);
  if (!thread) return fail({ reason: "not_found" });

  const own = lineOf(thread, op);
  if (own?.kind === "claimed") return ok(assignmentTo(member, own.claimedAt ?? own.at));
  if (own) return fail({ reason: "other_operation" });

  const assignment = toAssignment(thread);
  return claimedByOther(thread, member) ?? (assignment && ok(assignment));
}
