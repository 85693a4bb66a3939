import { ACTIVE_STATUSES, needsLook, type TicketStatus, type TicketSummary } from "./vocabulary";

// Which tickets a list has and in which order, for screens that keep a list up to date from single tickets. A leaf. The
// server's own reads are in lib/tickets/list.ts; tests/lib/tickets/ticket-lists.test.ts holds both to the same answer.

export type View = "unassigned" | "mine" | "all";
/** The filter of a list; `assignee` is "me", "none" or a member's id. */
export type ListFilter = { status?: TicketStatus | "active"; assignee?: string };
/** A list as the member `reader` sees it. */
export type TicketList = { view: View; filter: ListFilter; reader: string };

type Fields = Pick<
  TicketSummary,
  "_id" | "status" | "assignedTo" | "receivedAt" | "lastMessageAt" | "attention" | "givenBackTo"
>;

/** True if the ticket belongs to the list. */
export function isInList({ view, filter, reader }: TicketList, ticket: Fields): boolean {
  if (view === "mine" && isGivenBack(ticket, reader)) return true;
  return (
    hasStatus(view === "unassigned" ? (filter.status ?? "active") : filter.status, ticket) &&
    hasAssignee(assigneeOf(view, filter, reader), ticket)
  );
}

/** True if the reader gave the ticket away, it was declined, and nobody holds it: it needs a look in any of their lists. */
function isGivenBack(ticket: Fields, reader: string): boolean {
  return ticket.givenBackTo === reader && ticket.assignedTo === null && hasStatus("active", ticket);
}

/** Negative if `a` comes before `b` in lists of this view: first those that need a look, the longest waiting first. */
export function compareInList(view: View, a: Fields, b: Fields): number {
  const [first, second] = [lookSince(a), lookSince(b)];
  if (first !== null && second !== null) return compare(first, second) || compare(a._id, b._id);
  if (first !== second) return first === null ? 1 : -1;
  if (view === "unassigned") return compare(a.receivedAt, b.receivedAt) || compare(a._id, b._id);
  return compare(b.lastMessageAt, a.lastMessageAt) || compare(b._id, a._id);
}

/** Since when the ticket needs a look; null if it does not. */
function lookSince({ attention }: Fields): string | null {
  return attention && needsLook({ attention }) ? attention.at : null;
}

function hasStatus(wanted: ListFilter["status"], { status }: Fields): boolean {
  if (wanted === undefined) return true;
  if (wanted !== "active") return status === wanted;
  return ACTIVE_STATUSES.some((active) => active === status);
}

/** The assignee whose tickets the list has: null is nobody, undefined everybody. */
function assigneeOf(view: View, { assignee }: ListFilter, reader: string): string | null | undefined {
  if (view === "unassigned") return null;
  if (view === "mine" || assignee === "me") return reader;
  return assignee === "none" ? null : assignee;
}

function hasAssignee(wanted: string | null | undefined, { assignedTo }: Fields): boolean {
  return wanted === undefined || assignedTo === wanted;
}

/** Both are dates in ISO 8601 and UTC, or ids: their order is that of their characters. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
