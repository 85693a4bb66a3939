import "server-only";
import type { QueryFilter } from "mongoose";
import { Types } from "mongoose";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import type {
  Count,
  CountsResponse,
  MineQuery,
  TicketListResponse,
  TicketsQuery,
  UnassignedQuery,
} from "@/lib/api/contracts";
import { toSummary } from "./present";
import { ACTIVE_STATUSES, type TeamMember, type TicketStatus } from "@/lib/api/vocabulary";

// Lists read by keyset, from the index that has their order, without bodies. They may be a moment old; no rule is
// decided on them.

const SUMMARY_FIELDS = {
  from: 1,
  fromName: 1,
  subject: 1,
  excerpt: 1,
  status: 1,
  assignedTo: 1,
  assignedToEmail: 1,
  assignedToName: 1,
  claimedAt: 1,
  receivedAt: 1,
  lastMessageAt: 1,
  lastInboundAt: 1,
  messageCount: 1,
  revision: 1,
} as const;

type OrderField = "receivedAt" | "lastMessageAt";
type Filter = QueryFilter<StoredThread>;

/** All tickets, the most recently written first, narrowed by status and assignee. */
export async function listTickets(query: TicketsQuery, member: TeamMember): Promise<TicketListResponse> {
  const filter: Filter = { ...assigneeFilter(query.assignee, member), ...statusFilter(query.status) };
  return page(filter, "lastMessageAt", -1, query);
}

/** The tickets `member` holds, the most recently written first. */
export async function listMine(query: MineQuery, member: TeamMember): Promise<TicketListResponse> {
  return page({ assignedTo: member.id, ...statusFilter(query.status) }, "lastMessageAt", -1, query);
}

/** The tickets nobody holds, the longest waiting first; resolved ones only where `status` asks for them. */
export async function listUnassigned(query: UnassignedQuery): Promise<TicketListResponse> {
  return page({ assignedTo: null, ...statusFilter(query.status ?? "active") }, "receivedAt", 1, query);
}

/** How many tickets wait for somebody, how many `member` holds, and how many there are in all; resolved left out. */
export async function countTickets(member: TeamMember): Promise<CountsResponse> {
  const [unassigned, mine, all] = await Promise.all([
    cappedCount({ assignedTo: null, ...statusFilter("active") }),
    cappedCount({ assignedTo: member.id, ...statusFilter("active") }),
    cappedCount(statusFilter("active")),
  ]);
  return { unassigned, mine, all };
}

/** Tickets held per member id, resolved left out. */
export async function countHeldBy(memberIds: string[]): Promise<Map<string, Count>> {
  const counts = await Promise.all(
    memberIds.map((id) => cappedCount({ assignedTo: id, ...statusFilter("active") })),
  );
  return new Map(memberIds.map((id, index) => [id, counts[index] ?? 0]));
}

function assigneeFilter(assignee: string | undefined, member: TeamMember): Filter {
  if (assignee === undefined) return {};
  if (assignee === "none") return { assignedTo: null };
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
  field: OrderField,
  direction: 1 | -1,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<TicketListResponse> {
  const after = cursor === undefined ? null : decodeCursor(cursor);
  const threads = await EmailThread.find(
    after ? { $and: [filter, beyond(field, direction, after)] } : filter,
    SUMMARY_FIELDS,
  )
    .sort({ [field]: direction, _id: direction })
    .limit(limit + 1)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredThread[]>();
  const shown = threads.slice(0, limit);
  const last = shown.at(-1);
  return {
    tickets: shown.map(toSummary),
    nextCursor:
      threads.length > limit && last ? encodeCursor({ at: last[field] ?? null, id: last._id }) : null,
  };
}

type Cursor = { at: Date | null; id: Types.ObjectId };

/** The rows after `cursor` in that order. A missing date sorts before every date, as MongoDB sorts it. */
function beyond(field: OrderField, direction: 1 | -1, { at, id }: Cursor): Filter {
  const past = direction === 1 ? "$gt" : "$lt";
  const sameDate = { [field]: at, _id: trusted({ [past]: id }) };
  if (at === null) {
    return (direction === 1 ? { $or: [{ [field]: trusted({ $ne: null }) }, sameDate] } : sameDate) as Filter;
  }
  const laterDate = { [field]: trusted({ [past]: at }) };
  const undated = direction === -1 ? [{ [field]: null }] : [];
  return { $or: [laterDate, sameDate, ...undated] } as Filter;
}

function encodeCursor({ at, id }: Cursor): string {
  return `${at?.getTime() ?? ""}-${id.toHexString()}`;
}

function decodeCursor(cursor: string): Cursor {
  const [at, id] = cursor.split("-");
  return { at: at ? new Date(Number(at)) : null, id: new Types.ObjectId(id) };
}

const COUNT_CAP = 1_000;

async function cappedCount(filter: Filter): Promise<Count> {
  const count = await EmailThread.countDocuments(filter, { limit: COUNT_CAP, maxTimeMS: QUERY_TIME_MAX_MS });
  return count >= COUNT_CAP ? "999+" : count;
}
