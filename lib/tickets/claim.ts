import "server-only";
import { crashPoint } from "@/lib/process/crash-point";
import { countClaim } from "@/lib/metrics";
import { nudgeFollowers } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { OutcomeUnknownError, settleOutcome } from "@/lib/store/unknown-outcome";
import type { ThreadId } from "@/lib/api/contracts";
import { toAssignment } from "./present";
import type { TicketFailure } from "@/lib/api/refusals";
import type { Assignment, TeamMember } from "@/lib/api/vocabulary";
import { assignTo, changeThread, findStoredThread, lineOf, literal, newOperation } from "./transition";

export type ClaimFailure = Extract<TicketFailure, { reason: "not_found" | "already_claimed" }>;

/**
 * Gives an unassigned ticket to `member`. Of any number of simultaneous calls exactly one wins; the rest learn who
 * did and since when. Claiming one's own ticket again is a success with the same `claimedAt`. A call whose answer was
 * lost may be repeated with the same `op`: it answers as it would have, even where the ticket was unclaimed since.
 * Throws `OutcomeUnknownError` where the database stayed away for 10 s.
 */
export async function claimTicket(
  threadId: ThreadId,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<Assignment, ClaimFailure>> {
  try {
    const outcome = await settleOutcome(() => attemptClaim(threadId, member, op));
    countClaim(outcome.ok ? "won" : "lost");
    return outcome;
  } catch (error) {
    if (error instanceof OutcomeUnknownError) countClaim("unknown");
    throw error;
  }
}

async function attemptClaim(
  threadId: ThreadId,
  member: TeamMember,
  op: string,
): Promise<Result<Assignment, ClaimFailure>> {
  for (;;) {
    if (globalThis.CRASH_POINTS) crashPoint("claim.before-write");
    const won = await changeThread({
      threadId,
      op,
      // `null` also matches threads stored before the field existed.
      where: { assignedTo: null },
      set: assignTo(member),
      line: {
        kind: "claimed",
        by: member,
        details: {
          assignee: literal({ id: member.id, email: member.email, name: member.name }),
          claimedAt: "$$NOW",
          sawMessageId: { $ifNull: ["$lastMessageId", null] },
        },
      },
    });
    if (globalThis.CRASH_POINTS) crashPoint("claim.written");
    if (won) nudgeFollowers();
    const assignment = won && toAssignment(won);
    if (assignment) return ok(assignment);

    const outcome = await explainLostClaim(threadId, member, op);
    if (outcome) return outcome;
  }
}

/** Why the claim did not match, or null where the holder let go in between and the claim should be tried again. */
async function explainLostClaim(
  threadId: ThreadId,
  member: TeamMember,
  op: string,
): Promise<Result<Assignment, ClaimFailure> | null> {
  const thread = await findStoredThread(threadId);
  if (!thread) return fail({ reason: "not_found" });

  const own = lineOf(thread, op);
  if (own) {
    return ok({
      assignedTo: member.id,
      assignedToEmail: member.email,
      assignedToName: member.name,
      claimedAt: (own.claimedAt ?? own.at).toISOString(),
    });
  }

  const holder = toAssignment(thread);
  if (!holder) return null;
  return holder.assignedTo === member.id ? ok(holder) : fail({ reason: "already_claimed", ...holder });
}
