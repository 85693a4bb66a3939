import { MemberId, TicketsQuery } from "@/lib/api/contracts";
import type { ListFilter, View } from "@/lib/api/ticket-lists";
import { STATUS_NAMES, TICKET_STATUSES } from "@/lib/api/vocabulary";

// The addresses of the lists: of their pages, which people share, and of the API, which keeps them up to date.

export const STATUS_CHOICES = ["active", ...TICKET_STATUSES] as const;
export type StatusChoice = (typeof STATUS_CHOICES)[number];
export type TicketFilter = ListFilter;
export type { View };

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

/** The filter in the address of a page. Ignores values that do not exist: an old link still opens the list. */
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

/** The name of the filtered assignee, as `reader` sees it. */
export function assigneeName(assignee: string, reader: Person, team: Person[]): string {
  if (assignee === "none") return "Nobody";
  if (assignee === "me" || assignee === reader.id) return "You";
  return team.find(({ id }) => id === assignee)?.name ?? "Somebody not on the team";
}

export function isNarrowed({ status, assignee }: TicketFilter): boolean {
  return status !== undefined || assignee !== undefined;
}

/** The filter as a sentence, such as "Status is Waiting, assignee is You." */
export function filterText({ status, assignee }: TicketFilter, reader: Person, team: Person[]): string {
  const parts = [
    status && `status is ${statusName(status)}`,
    assignee && `assignee is ${assigneeName(assignee, reader, team)}`,
  ].filter(Boolean);
  const sentence = parts.join(", ");
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

/** The address of the page with `filter`. */
export function pageHref(view: View, filter: TicketFilter = {}): string {
  return PAGES[view] + search(filter);
}

/** The API's address of the same list. */
export function listPath(view: View, filter: TicketFilter): string {
  return APIS[view] + search(shownFilter(view, filter));
}

/** The filter of the list that is shown: Mine lists active tickets unless the filter names a status. */
export function shownFilter(view: View, filter: TicketFilter): TicketFilter {
  return view === "mine" ? { status: filter.status ?? "active" } : filter;
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
