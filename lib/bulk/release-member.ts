import "server-only";
import type { JobEntry } from "@/lib/api/contracts";
import type { TicketFailure } from "@/lib/api/refusals";
import type { TeamMember } from "@/lib/api/vocabulary";
import { fail, type Result } from "@/lib/result";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { Member } from "@/models/MemberModel";
import { requestJob } from "./jobs";

/**
 * Stores a job that unclaims every active ticket of one member, removed or not, and records who wanted it. Each ticket is
 * unclaimed only if that member still holds it. Safe to repeat with the same `op`.
 */
export async function releaseMember(
  memberId: string,
  admin: TeamMember,
  op?: string,
): Promise<Result<JobEntry, TicketFailure>> {
  const isKnown = await Member.exists({ _id: memberId }).maxTimeMS(QUERY_TIME_MAX_MS);
  if (!isKnown) return fail({ reason: "no_such_member" });
  return requestJob(
    {
      action: "unclaim",
      view: "all",
      status: "active",
      assignee: memberId,
      seenAt: new Date().toISOString(),
    },
    admin,
    { op, audit: { action: "tickets_released", subject: memberId } },
  );
}
