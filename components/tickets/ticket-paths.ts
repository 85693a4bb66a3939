import { MemberId, TicketsQuery } from "@/lib/api/contracts";
import { STATUS_NAMES, TICKET_STATUSES } from "@/lib/api/vocabulary";

// Addresses of the lists: the page's own (what people share) and the API's that keeps it fresh.

export const STATUS_CHOICES = ["active", ...TICKET_STATUSES] as const;
export type StatusChoice = (typeof STATUS_CHOICES)[number];
export type TicketFilter = { status?: StatusChoice; assignee?: string };

export type View = "unassigned" | "mine" | "all";

const PAGES: Record<View, string> = {
  unassigned: "/dashboard/tickets/unassigned",
  mine: "/dashboard/tickets/mine",
  all: "/dashboard/tickets",
};
const APIS: Record<View, string> = {
  unassigned: "/api/emails/tickets/unassigned",
  mine: "/api/emails/tickets/mine",
  all: "/api/emails/tickets",
};

export type SearchParams = Record<string, string | string[] | undefined>;

/** The filter a page's address names. What is not one of ours is left out: an old link still opens the list. */
export function readFilter(params: SearchParams): TicketFilter {
  const status = TicketsQuery.shape.status.safeParse(params.status);
  const assignee = MemberId.safeParse(params.assignee);
  return {
    ...(status.success && status.data ? { status: status.data } : {}),
    ...(assignee.success ? { assignee: assignee.data } : {}),
  };
}

export function statusName(status: StatusChoice): string {
  return status === "active" ? "Active" : STATUS_NAMES[status];
}

type Person = { id: string; name: string };

/** What the assignee filter shows, for `reader`. */
export function assigneeName(assignee: string, reader: Person, team: Person[]): string {
  if (assignee === "none") return "Nobody";
  if (assignee === "me" || assignee === reader.id) return "You";
  return team.find(({ id }) => id === assignee)?.name ?? "Somebody not on the team";
}

export function isNarrowed({ status, assignee }: TicketFilter): boolean {
  return status !== undefined || assignee !== undefined;
}

/** "Status is Waiting, assignee is You.": what a filter asks for, as a sentence. */
export function filterText({ status, assignee }: TicketFilter, reader: Person, team: Person[]): string {
  const parts = [
    status && `status is ${statusName(status)}`,
    assignee && `assignee is ${assigneeName(assignee, reader, team)}`,
  ].filter(Boolean);
  const sentence = parts.join(", ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** The page's address with that filter. */
export function pageHref(view: View, filter: TicketFilter = {}): string {
  return PAGES[view] + search(filter);
}

/** The API's address of the same list. Mine shows what is still to do unless a status is asked for. */
export function listPath(view: View, filter: TicketFilter): string {
  return APIS[view] + search(view === "mine" ? { status: filter.status ?? "active" } : filter);
}

export function ticketHref(threadId: string): string {
  return `/dashboard/tickets/${threadId}`;
}

export function replyHref(threadId: string): string {
  return `${ticketHref(threadId)}#reply`;
}

function search({ status, assignee }: TicketFilter): string {
  const params = new URLSearchParams({ ...(status && { status }), ...(assignee && { assignee }) });
  return params.size > 0 ? `?${params}` : "";
}
