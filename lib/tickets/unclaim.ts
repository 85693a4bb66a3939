import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { decide } from "./decide";
import { ASSIGNMENT_FIELDS, toAssignment } from "./present";
import {
  ASSIGNEE_BEFORE,
  changeThread,
  findForExplanation,
  lineOf,
  newOperation,
  NOBODY,
} from "./transition";
import { ASSIGNED } from "./unassigned";

type UnclaimFailure = FailureOf<"not_found" | "not_assignee" | "changed_meanwhile" | "other_operation">;

type Options = {
  /** The assignee whom the caller saw (null: nobody). If given, the ticket is taken from that member and nobody else. */
  expectedAssignedTo?: string | null | undefined;
  op?: string;
  canUndo?: boolean;
};

/**
 * Makes a ticket unassigned; its status stays. The assignee may do it, and an admin for anybody. A ticket that nobody
 * holds is a success. If `expectedAssignedTo` is given and somebody else holds the ticket by now, nothing is changed:
 * a late click never undoes a newer claim. Safe to repeat with the same `op`.
 */
export async function unclaimTicket(
  threadId: ThreadId,
  member: TeamMember,
  { expectedAssignedTo, op = newOperation(), canUndo = false }: Options = {},
): Promise<Result<true, UnclaimFailure>> {
  const where = mayTakeFrom(member, expectedAssignedTo);
  const unclaimed = { kind: "unclaimed", by: member, details: { assignee: ASSIGNEE_BEFORE } } as const;
  return decide(
    async () =>
      where && (await changeThread({ threadId, op, where, set: NOBODY, line: unclaimed, canUndo }))
        ? true
        : null,
    () => explainKept(threadId, member, expectedAssignedTo, op),
  );
}

type Expected = Options["expectedAssignedTo"];

/** The condition on the assignee; null if the expected assignee is somebody from whom the caller may not take it. */
function mayTakeFrom(member: TeamMember, expected: Expected): Record<string, unknown> | null {
  if (expected === null) return null;
  if (member.role === "admin") return expected === undefined ? ASSIGNED : { assignedTo: expected };
  return expected === undefined || expected === member.id ? { assignedTo: member.id } : null;
}

/** Why the ticket was not unclaimed; null if it changed again and the write would match by now. */
async function explainKept(
  threadId: ThreadId,
  member: TeamMember,
  expected: Expected,
  op: string,
): Promise<Result<true, UnclaimFailure> | null> {
  const thread = await findForExplanation(threadId, op, ASSIGNMENT_FIELDS);
  if (!thread) return fail({ reason: "not_found" });
  const own = lineOf(thread, op);
  if (own) return own.kind === "unclaimed" ? ok(true) : fail({ reason: "other_operation" });

  const assignment = toAssignment(thread);
  if (!assignment) return ok(true);

  const mayUnclaim = member.role === "admin" || assignment.assignedTo === member.id;
  if (
    expected !== undefined &&
    expected !== assignment.assignedTo &&
    (mayUnclaim || expected === member.id || expected === null)
  ) {
    return fail({ reason: "changed_meanwhile", ...assignment });
  }
  return mayUnclaim ? null : fail({ reason: "not_assignee" });
}
