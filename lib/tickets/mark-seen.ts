import "server-only";
import type { SeenRequest } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { crashPoint } from "@/lib/process/crash-point";
import { fail, ok, type Result } from "@/lib/result";
import { ALL_SEEN } from "./attention-change";
import { decide } from "./decide";
import { claimedByOther, SUMMARY_FIELDS, toSummary } from "./present";
import { unseenBy } from "./seen-guard";
import {
  assignTo,
  changeThread,
  findForExplanation,
  lineOf,
  literal,
  newOperation,
  person,
} from "./transition";
import { unassignedOr } from "./unassigned";

type SeenFailure = FailureOf<"not_found" | "already_claimed" | "newer_messages" | "changed_meanwhile">;

/**
 * Takes a ticket's attention away, since `member` has seen its newest message. The status and the customer's wait stay. The
 * assignee may do it, and anybody on an unassigned ticket, which claims it. Refused if there is a newer message. A ticket
 * that needs no attention is not changed. Safe to repeat with the same `op`.
 */
export async function markSeen(
  request: SeenRequest,
  member: TeamMember,
  op = newOperation(),
): Promise<Result<TicketSummary, SeenFailure>> {
  const { threadId, lastSeenMessageId } = request;
  return decide(
    async () => {
      const changed = await changeThread({
        threadId,
        op,
        where: {
          ...unassignedOr(member.id),
          lastMessageId: lastSeenMessageId,
          attention: { $type: "object" },
        },
        set: { ...assignTo(member), ...ALL_SEEN },
        line: {
          kind: "seen",
          by: member,
          details: { assignee: person(member), sawMessageId: literal(lastSeenMessageId) },
        },
        returns: SUMMARY_FIELDS,
      });
      if (globalThis.CRASH_POINTS) crashPoint("seen.written");
      return changed && toSummary(changed);
    },
    () => explainUnseen(request, member, op),
  );
}

async function explainUnseen(
  { threadId, lastSeenMessageId }: SeenRequest,
  member: TeamMember,
  op: string,
): Promise<Result<TicketSummary, SeenFailure> | null> {
  const thread = await findForExplanation(threadId, op, [...SUMMARY_FIELDS, "lastMessageId"]);
  if (!thread) return fail({ reason: "not_found" });
  if (lineOf(thread, op)) return ok(toSummary(thread));
  const refusal = claimedByOther(thread, member) ?? (await unseenBy(member, thread, lastSeenMessageId));
  if (refusal) return refusal;
  return thread.attention ? null : ok(toSummary(thread));
}
