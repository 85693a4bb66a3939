import type { Loaded } from "@/components/client/use-pages";
import type { LiveEvents } from "@/lib/api/contracts";
import { compareInList, isInList, type TicketList } from "@/lib/api/ticket-lists";
import type { TicketSummary } from "@/lib/api/vocabulary";

/** The rows of `list` after changes of tickets. Older revisions are ignored. The same object if nothing changes. Pure. */
export function patchList(
  list: TicketList,
  loaded: Loaded<TicketSummary>,
  { rows, gone }: Pick<LiveEvents["rows"], "rows" | "gone">,
): Loaded<TicketSummary> {
  const changed = rows.reduce((before, { ticket }) => withTicket(list, before, ticket), loaded);
  return gone.reduce(without, changed);
}

function withTicket(
  list: TicketList,
  loaded: Loaded<TicketSummary>,
  ticket: TicketSummary,
): Loaded<TicketSummary> {
  const shown = loaded.items.find(({ _id }) => _id === ticket._id);
  if (shown && ticket.revision <= shown.revision) return loaded;
  const others = without(loaded, ticket._id);
  if (!isInList(list, ticket) || !isLoaded(list, loaded, ticket)) return others;
  const place = others.items.findIndex((item) => compareInList(list.view, ticket, item) < 0);
  return { ...others, items: others.items.toSpliced(place === -1 ? others.items.length : place, 0, ticket) };
}

/** False if the ticket comes after the last page that was read. */
function isLoaded({ view }: TicketList, { end }: Loaded<TicketSummary>, ticket: TicketSummary): boolean {
  return !end?.last || compareInList(view, ticket, end.last) <= 0;
}

function without(loaded: Loaded<TicketSummary>, threadId: string): Loaded<TicketSummary> {
  const items = loaded.items.filter(({ _id }) => _id !== threadId);
  return items.length === loaded.items.length ? loaded : { ...loaded, items };
}
