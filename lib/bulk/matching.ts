import "server-only";
import { Types } from "mongoose";
import { JOB_MAX, type JobRequest } from "@/lib/api/contracts";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { itemOp } from "@/lib/tickets/bulk";
import { ticketsChangedBy } from "@/lib/tickets/transition";
import { undoOp } from "@/lib/tickets/undo";
import { listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import type { StoredBulkJob, StoredJobItem } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";

export type Matched = { items: StoredJobItem[]; hasMore: boolean };
type ListRequest = Exclude<JobRequest, { action: "undo" }>;

/** The tickets that the list has now, in its order, the first 1,000 of them. */
export async function matchingItems(request: ListRequest, member: TeamMember): Promise<Matched> {
  const { tickets, nextCursor } = await listOf(request, member);
  const isEnd = request.action === "status" && (request.setTo === "waiting" || request.setTo === "resolved");
  const unseen = isEnd ? await unseenIn(tickets, new Date(request.seenAt)) : new Set<string>();
  return { items: tickets.map((ticket) => toItem(ticket, unseen)), hasMore: nextCursor !== null };
}

function listOf({ view, status, assignee }: ListRequest, member: TeamMember) {
  const page = { status, limit: JOB_MAX };
  if (view === "mine") return listMine({ ...page, status: status ?? "active" }, member);
  if (view === "unassigned") return listUnassigned(page);
  return listTickets({ ...page, assignee }, member);
}

/** Matches no message, so that a ticket with it in the filter is refused and its newest messages are told. */
const UNSEEN = "";

/**
 * The tickets in which somebody wrote after `seenAt`. A mail may have arrived before and joined its ticket only since; the
 * history says when.
 */
async function unseenIn(tickets: TicketSummary[], seenAt: Date): Promise<Set<string>> {
  const filed = { at: { $gt: seenAt }, $or: [{ messageId: { $exists: true } }, { kind: "received" }] };
  const rows = await EmailThread.find(
    {
      _id: trusted({ $in: tickets.map(({ _id }) => new Types.ObjectId(_id)) }),
      history: trusted({ $elemMatch: filed }),
    },
    { _id: 1 },
  )
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean();
  const later = tickets.filter(({ lastMessageAt }) => Date.parse(lastMessageAt) > seenAt.getTime());
  return new Set([...rows.map(({ _id }) => _id.toHexString()), ...later.map(({ _id }) => _id)]);
}

function toItem({ _id, lastMessageId, assignedTo }: TicketSummary, unseen: Set<string>): StoredJobItem {
  return {
    threadId: _id,
    lastSeenMessageId: unseen.has(_id) ? UNSEEN : lastMessageId,
    expectedAssignedTo: assignedTo,
  };
}

/** The operation by which a job changes a ticket. */
function operationOf({ _id, undoes }: Pick<StoredBulkJob, "_id" | "undoes">, threadId: string): string {
  return undoes ? undoOp(itemOp(undoes, threadId)) : itemOp(_id, threadId);
}

/** Those of the items that the job has changed, as far as the tickets' own history still tells. */
export async function changedItems(
  job: Pick<StoredBulkJob, "_id" | "undoes">,
  items: StoredJobItem[],
): Promise<StoredJobItem[]> {
  const ids = items.map(({ threadId }) => threadId);
  const changed = await ticketsChangedBy(ids, (id) => operationOf(job, id));
  return items.filter(({ threadId }) => changed.has(threadId));
}
