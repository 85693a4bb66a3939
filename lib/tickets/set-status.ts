import "server-only";
import type { ThreadId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember, TicketStatus, TicketSummary } from "@/lib/api/vocabulary";
import { fail, ok, type Result } from "@/lib/result";
import { ALL_SEEN } from "./attention-change";
import { decide } from "./decide";
import { claimedByOther, NOBODY_HOLDS_IT, SUMMARY_FIELDS, toSummary } from "./present";
import { newestSeen, unseenBy, type Seen } from "./seen-guard";
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
import { assigneeIdOf, unassignedOr } from "./unassigned";

type StatusFailure = FailureOf<
  "not_found" | "already_claimed" | "newer_messages" | "changed_meanwhile" | "other_operation"
>;

type Options = {
  op?: string | undefined;
  /** Counts for "waiting" and "resolved". Not given: nobody may have written since the member's own last look. */
  lastSeenMessageId?: Seen;
  /** The assignee whom the caller saw. If it is the member, nobody may have taken the ticket from them since. */
  expectedAssignedTo?: string | null | undefined;
  canUndo?: boolean;
};

/**
 * Gives a ticket another status. The assignee may do it, and anybody on an unassigned ticket, which claims it as a
 * reply does: so a resolved ticket always has an owner. "waiting" and "resolved" only if the newest message is the one that
 * the member has seen; then nothing in the ticket needs attention any more. Setting the status it already has succeeds and
 * changes nothing. Of two simultaneous calls on an unassigned ticket one wins and the other learns who has it. Safe to
 * repeat with the same `op`.
 */
export async function setTicketStatus(
  threadId: ThreadId,
  status: TicketStatus,
  member: TeamMember,
  { op = newOperation(), lastSeenMessageId, expectedAssignedTo, canUndo = false }: Options = {},
): Promise<Result<TicketSummary, StatusFailure>> {
  const isEnd = status === "waiting" || status === "resolved";
  return decide(
    async () => {
      const guard = isEnd ? { lastMessageId: await newestSeen(threadId, lastSeenMessageId, member) } : {};
      const changed = await changeThread({
        threadId,
        op,
        canUndo,
        where: {
          ...(expectedAssignedTo === member.id ? { assignedTo: member.id } : unassignedOr(member.id)),
          ...guard,
          $nor: [{ assignedTo: member.id, status }], // unchanged: no line, no revision
        },
        set: { ...assignTo(member), ...setStatus(status), ...(isEnd ? NOTHING_OPEN : {}) },
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
    () => explainUnchanged({ threadId, status, lastSeenMessageId, expectedAssignedTo, op }, member),
  );
}

type Change = { threadId: ThreadId; status: TicketStatus; op: string } & Pick<
  Options,
  "lastSeenMessageId" | "expectedAssignedTo"
>;

const EXPLAINED = [...SUMMARY_FIELDS, "lastMessageId"] as const;
const NOTHING_OPEN = { ...ALL_SEEN, waitingSince: null };

async function explainUnchanged(
  { threadId, status, lastSeenMessageId, expectedAssignedTo, op }: Change,
  member: TeamMember,
): Promise<Result<TicketSummary, StatusFailure> | null> {
  const thread = await findForExplanation(threadId, op, EXPLAINED);
  if (!thread) return fail({ reason: "not_found" });
  const own = lineOf(thread, op);
  if (own) return own.statusTo === status ? ok(toSummary(thread)) : fail({ reason: "other_operation" });

  const isUnchanged = thread.assignedTo === member.id && (thread.status ?? "open") === status;
  if (isUnchanged) return ok(toSummary(thread));
  const refusal = claimedByOther(thread, member);
  if (refusal) return refusal;
  if (expectedAssignedTo === member.id && !assigneeIdOf(thread)) return fail(NOBODY_HOLDS_IT);
  return unseenBy(member, thread, lastSeenMessageId);
}
