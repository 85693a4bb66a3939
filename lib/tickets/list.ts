import "server-only";
import type { QueryFilter } from "mongoose";
import type {
  Count,
  CountsResponse,
  MineQuery,
  TicketListResponse,
  TicketsQuery,
  UnassignedQuery,
} from "@/lib/api/contracts";
import { ACTIVE_STATUSES, type TeamMember, type TicketStatus } from "@/lib/api/vocabulary";
import { cappedCount } from "@/lib/store/capped-count";
import { trusted } from "@/lib/store/db";
import { readPage } from "@/lib/store/keyset";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { SUMMARY_FIELDS, toSummary } from "./present";
import { UNASSIGNED } from "./unassigned";

// Each list is read from the index that has its order, without bodies.

const FIELDS = SUMMARY_FIELDS.join(" ");

type Filter = QueryFilter<StoredThread>;

/** All tickets, the one with the newest message first, narrowed by status and assignee. */
export async function listTickets(query: TicketsQuery, member: TeamMember): Promise<TicketListResponse> {
  const filter: Filter = { ...assigneeFilter(query.assignee, member), ...statusFilter(query.status) };
  return page(filter, "lastMessageAt", -1, query);
}

/** The tickets that `member` holds, the one with the newest message first. */
export async function listMine(query: MineQuery, member: TeamMember): Promise<TicketListResponse> {
  return page({ assignedTo: member.id, ...statusFilter(query.status) }, "lastMessageAt", -1, query);
}

/** The unassigned tickets, oldest first; resolved ones only if `status` asks for them. */
export async function listUnassigned(query: UnassignedQuery): Promise<TicketListResponse> {
  return page({ ...UNASSIGNED, ...statusFilter(query.status ?? "active") }, "receivedAt", 1, query);
}

/** How many tickets are unassigned, how many `member` holds, and how many there are; without resolved ones. */
export async function countTickets(member: TeamMember): Promise<CountsResponse> {
  const [shared, mine] = await Promise.all([countForAll(), countMine(member.id)]);
  return { ...shared, mine, unassignedNeedsLook: 0, mineNeedsLook: 0, allNeedsLook: 0 };
}

/** The counters that are the same for every member. */
export async function countForAll(): Promise<Pick<CountsResponse, "unassigned" | "all">> {
  const [unassigned, all] = await Promise.all([
    count({ ...UNASSIGNED, ...statusFilter("active") }),
    count(statusFilter("active")),
  ]);
  return { unassigned, all };
}

export function countMine(memberId: string): Promise<Count> {
  return count({ assignedTo: memberId, ...statusFilter("active") });
}

/** How many tickets each member holds, by member id; without resolved ones. */
export async function countHeldBy(memberIds: string[]): Promise<Map<string, Count>> {
  const counts = await Promise.all(memberIds.map(countMine));
  return new Map(memberIds.map((id, index) => [id, counts[index] ?? 0]));
}

function assigneeFilter(assignee: string | undefined, member: TeamMember): Filter {
  if (assignee === undefined) return {};
  if (assignee === "none") return UNASSIGNED;
  return { assignedTo: assignee === "me" ? member.id : assignee };
}

function statusFilter(status: TicketStatus | "active" | undefined): Filter {
  if (status === undefined) return {};
  // Threads older than the status field count as open; `null` matches the missing field.
  if (status === "active") return { status: trusted({ $in: [...ACTIVE_STATUSES, null] }) } as Filter;
  if (status === "open") return { status: trusted({ $in: ["open", null] }) } as Filter;
  return { status };
}

async function page(
  filter: Filter,
  field: "receivedAt" | "lastMessageAt",
  direction: 1 | -1,
  place: { cursor?: string | undefined; limit: number },
): Promise<TicketListResponse> {
  const list = { filter, fields: FIELDS, order: { field, direction } };
  const { rows, nextCursor } = await readPage<StoredThread, StoredThread>(EmailThread, list, place);
  return { tickets: rows.map(toSummary), nextCursor };
}

function count(filter: Filter): Promise<Count> {
  return cappedCount(EmailThread, filter);
}
