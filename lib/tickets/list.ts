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
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { NEEDS_LOOK, readListPage, readPlainPage } from "./list-page";
import { toSummary } from "./present";
import { UNASSIGNED } from "./unassigned";

// Each list is read from the indexes that have its order, without bodies. The tickets that need a look come first.

const LATEST_FIRST = { field: "lastMessageAt", direction: -1 } as const;
const OLDEST_FIRST = { field: "receivedAt", direction: 1 } as const;

type Filter = QueryFilter<StoredThread>;

/** All tickets, the one with the newest message first, narrowed by status and assignee. */
export async function listTickets(query: TicketsQuery, member: TeamMember): Promise<TicketListResponse> {
  return page(assigneeFilter(query.assignee, member), LATEST_FIRST, query);
}

/**
 * The tickets that `member` holds, the one with the newest message first; and on top, with those that need a look, the
 * tickets that `member` gave to somebody who declined them and that nobody has held since.
 */
export async function listMine(query: MineQuery, member: TeamMember): Promise<TicketListResponse> {
  return page({ assignedTo: member.id }, LATEST_FIRST, query, givenBack(member.id));
}

/** Filter for the tickets whose hand-over by this member was declined. All of them need a look. */
function givenBack(memberId: string): Filter {
  return { givenBackTo: memberId };
}

/** The unassigned tickets, oldest first; resolved ones only if `status` asks for them. */
export async function listUnassigned(query: UnassignedQuery): Promise<TicketListResponse> {
  return page(UNASSIGNED, OLDEST_FIRST, { ...query, status: query.status ?? "active" });
}

/** How many tickets are unassigned, how many `member` holds, and how many there are; without resolved ones. */
export async function countTickets(member: TeamMember): Promise<CountsResponse> {
  const [shared, own] = await Promise.all([countForAll(), countOwn(member.id)]);
  return { ...shared, ...own };
}

type OwnCounts = Pick<CountsResponse, "mine" | "mineNeedsLook">;

/** The counters that are the same for every member. */
export async function countForAll(): Promise<Omit<CountsResponse, keyof OwnCounts>> {
  const [unassigned, all, unassignedNeedsLook, allNeedsLook] = await Promise.all([
    count({ ...UNASSIGNED, ...statusFilter("active") }),
    count(statusFilter("active")),
    count({ ...UNASSIGNED, ...NEEDS_LOOK }),
    count(NEEDS_LOOK),
  ]);
  return { unassigned, all, unassignedNeedsLook, allNeedsLook };
}

/** The counters of the tickets in one member's Mine. */
export async function countOwn(memberId: string): Promise<OwnCounts> {
  const [held, heldNeedsLook, declined] = await Promise.all([
    countMine(memberId),
    count({ assignedTo: memberId, ...NEEDS_LOOK }),
    count({ ...givenBack(memberId), ...NEEDS_LOOK }),
  ]);
  return { mine: sum(held, declined), mineNeedsLook: sum(heldNeedsLook, declined) };
}

function countMine(memberId: string): Promise<Count> {
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
  order: typeof LATEST_FIRST | typeof OLDEST_FIRST,
  { status, ...place }: Pick<TicketsQuery, "status" | "cursor" | "limit">,
  alsoInLook?: Filter,
): Promise<TicketListResponse> {
  const isClosed = status === "waiting" || status === "resolved"; // such a ticket never needs a look
  const narrowed = { ...filter, ...statusFilter(status) };
  const others = alsoInLook && { ...alsoInLook, ...statusFilter(status) };
  const { rows, nextCursor } = isClosed
    ? await readPlainPage(narrowed, order, place)
    : await readListPage(narrowed, order, place, others);
  return { tickets: rows.map(toSummary), nextCursor };
}

function sum(one: Count, other: Count): Count {
  if (one === "999+" || other === "999+" || one + other > 999) return "999+";
  return one + other;
}

function count(filter: Filter): Promise<Count> {
  return cappedCount(EmailThread, filter);
}
