import "server-only";
import type { TeamRow } from "@/lib/api/contracts";
import { ACTIVE_STATUSES } from "@/lib/api/vocabulary";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { EmailThread } from "@/models/EmailThreadModel";

/** A member's active tickets by status, and since when the longest waiting of their customers waits. */
export type Workload = Pick<TeamRow, "held"> & { oldestWaitingSince: Date | null };
type Group = { _id: { member: string; status: keyof Workload["held"] }; count: number; oldest: Date | null };

/** The workload of somebody who holds nothing. */
export function noWorkload(): Workload {
  return { held: { open: 0, in_progress: 0, waiting: 0 }, oldestWaitingSince: null };
}

/** The workload of each of the members, by id, from one read; a member who holds nothing is left out. */
export async function readWorkloads(memberIds: string[]): Promise<Map<string, Workload>> {
  const groups = await EmailThread.aggregate<Group>([
    { $match: { assignedTo: { $in: memberIds }, status: { $in: [...ACTIVE_STATUSES, null] } } },
    {
      $group: {
        _id: { member: "$assignedTo", status: STATUS },
        count: { $sum: 1 },
        oldest: { $min: WAITING_SINCE }, // leaves out null
      },
    },
  ]).option({ maxTimeMS: QUERY_TIME_MAX_MS });
  const workloads = new Map<string, Workload>();
  for (const { _id, count, oldest } of groups) {
    const workload = workloads.get(_id.member) ?? noWorkload();
    workload.held[_id.status] = count;
    workload.oldestWaitingSince = earlier(workload.oldestWaitingSince, oldest);
    workloads.set(_id.member, workload);
  }
  return workloads;
}

/** A thread older than the field counts as open. */
const STATUS = { $ifNull: ["$status", "open"] };

/** The same as `waitingSinceOf` in lib/conversation/attention.ts, for a pipeline and for active tickets. */
const WAITING_SINCE = {
  $cond: [
    { $or: [{ $ne: [{ $type: "$waitingSince" }, "missing"] }, { $eq: ["$status", "waiting"] }] },
    "$waitingSince",
    { $ifNull: ["$lastInboundAt", "$receivedAt", { $toDate: "$_id" }] },
  ],
};

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one < other ? one : other;
}
