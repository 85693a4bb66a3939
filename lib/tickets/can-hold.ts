import "server-only";
import type { FailureOf } from "@/lib/api/refusals";
import { hasRole } from "@/lib/auth/access";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { env } from "@/lib/env";
import type { Person } from "@/lib/api/vocabulary";
import type { ThreadId } from "@/lib/api/contracts";
import { fail, ok, type Result } from "@/lib/result";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Member, type StoredMember } from "@/models/MemberModel";
import { assignmentBefore, personBefore } from "./before";
import { heldByNow } from "./present";
import { ASSIGNEE_BEFORE, changeThread, findStoredThread, lineOf, literal } from "./transition";

type UnknownMember = FailureOf<"unknown_member">;

/** The member as somebody to whom a ticket can be given: on the team, and no viewer. */
export async function findHolder(memberId: string): Promise<Result<Person, UnknownMember>> {
  const member = (await findMember(memberId)) ?? demoMember(memberId);
  const refusal = (why: UnknownMember["why"]) => fail({ reason: "unknown_member" as const, memberId, why });
  if (!member) return refusal("unknown");
  if (member.removedAt) return refusal("removed");
  if (!hasRole(member.role, "member")) return refusal("viewer");
  return ok({ id: memberId, email: member.email, name: member.name });
}

/**
 * Undoes that operation `op` has given the ticket to somebody who was removed from the team at the same time: it is as it was
 * before. The refusal if so, or who holds it now if somebody was faster, as the removal's own follower may be; null if the
 * member is on the team.
 */
export async function takeBackFromRemoved(
  threadId: ThreadId,
  memberId: string,
  op: string,
): Promise<Result<never, UnknownMember | FailureOf<"changed_meanwhile">> | null> {
  const holder = await settleOutcome(() => findHolder(memberId));
  if (holder.ok || holder.failure.why !== "removed") return null;
  return settleOutcome(async () => {
    const thread = await findStoredThread(threadId);
    const line = thread && lineOf(thread, op);
    if (!thread || !line?.before || lineOf(thread, `${op}:removed`)) return holder;
    const isBack = await changeThread({
      threadId,
      op: `${op}:removed`,
      where: { assignedTo: memberId, revision: thread.revision ?? 0 },
      set: assignmentBefore(line.before, thread),
      line: {
        kind: "undone",
        by: null,
        details: {
          undoes: literal(line.kind),
          assignee: personBefore(line.before),
          formerAssignee: ASSIGNEE_BEFORE,
          reason: literal("removed"),
        },
      },
    });
    return isBack ? holder : heldByNow((await findStoredThread(threadId)) ?? thread);
  });
}

type Row = Pick<StoredMember, "email" | "name" | "role" | "removedAt">;

function findMember(memberId: string): Promise<Row | null> {
  return Member.findById(memberId, { email: 1, name: 1, role: 1, removedAt: 1 })
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Row>();
}

/** The demo's people are on the team before they have signed in. */
function demoMember(memberId: string): Row | null {
  const found = env().AUTH_MODE === "demo" && DEMO_MEMBERS.find(({ id }) => id === memberId);
  return found ? { ...found, removedAt: null } : null;
}
