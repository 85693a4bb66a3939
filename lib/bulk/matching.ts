import "server-only";
import { Types } from "mongoose";
import { JOB_MAX, type JobRequest } from "@/lib/api/contracts";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { itemOp } from "@/lib/tickets/bulk";
import { listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import type { StoredBulkJob, StoredJobItem } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";

export type Matched = { items: StoredJobItem[]; hasMore: boolean };
type ListRequest = Exclude<JobRequest, { action: "undo" }>;

/** The tickets that the list has now, in its order, the first 1,000 of them. */
export async function matchingItems(request: ListRequest, member: TeamMember): Promise<Matched> {
  const { tickets, nextCursor } = await listOf(request, member);
  const isEnd = request.action === "status" && (request.setTo === "waiting" || request.setTo === "resolved");
  const seenAt = isEnd ? request.seenAt : null;
  return { items: tickets.map((ticket) => toItem(ticket, seenAt)), hasMore: nextCursor !== null };
}

function listOf({ view, status, assignee }: ListRequest, member: TeamMember) {
  const page = { status, limit: JOB_MAX };
  if (view === "mine") return listMine({ ...page, status: status ?? "active" }, member);
  if (view === "unassigned") return listUnassigned(page);
  return listTickets({ ...page, assignee }, member);
}

/** Matches no message, so that a ticket with it in the filter is refused and its newest messages are told. */
const UNSEEN = "";

/** If somebody wrote after `seenAt`, the caller has not seen the newest message. */
function toItem(
  { _id, lastMessageId, lastMessageAt, assignedTo }: TicketSummary,
  seenAt: string | null,
): StoredJobItem {
  const isSeen = seenAt === null || Date.parse(lastMessageAt) <= Date.parse(seenAt);
  return {
    threadId: _id,
    lastSeenMessageId: isSeen ? lastMessageId : UNSEEN,
    expectedAssignedTo: assignedTo,
  };
}

/** The tickets that a job has changed, as far as their own history still tells. */
export async function changedItems({ _id, items, next }: StoredBulkJob): Promise<StoredJobItem[]> {
  const done = items.slice(0, next);
  const rows = await EmailThread.find(
    {
      _id: trusted({ $in: done.map(({ threadId }) => new Types.ObjectId(threadId)) }),
      "history.op": trusted({ $in: done.map(({ threadId }) => itemOp(_id, threadId)) }),
    },
    { _id: 1 },
  )
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean();
  const changed = new Set(rows.map((row) => row._id.toHexString()));
  return done.filter(({ threadId }) => changed.has(threadId));
}
