import type { TicketSummary } from "@/lib/api/vocabulary";

// The rows of a list between two changes. While the list is frozen, since somebody scrolls or aims at a row, no row
// moves and new ones wait.

export type Row = {
  /** Of a row that left the list, as it was heard of last. */
  ticket: TicketSummary;
  /** It left the list, and stays until it has told why. */
  isMissing: boolean;
};

/** The ticket as the live stream told it last, in or outside the list; null if it did not. */
type Newest = (threadId: string) => TicketSummary | null;

export type Rows = {
  /** The list they belong to; another list starts with new rows. */
  path: string;
  /** The list as it was last. */
  source: TicketSummary[];
  rows: Row[];
  /** How many new tickets wait to be shown. */
  waiting: number;
};

export function firstRows(path: string, tickets: TicketSummary[]): Rows {
  return { path, source: tickets, rows: tickets.map(present), waiting: 0 };
}

/**
 * The rows after a change. While frozen, rows get their new content but keep their place; new ones are added after the
 * last row, or wait. A row that left the list is marked and not removed.
 */
export function settleRows(
  before: Rows,
  tickets: TicketSummary[],
  isFrozen: boolean,
  newest: Newest = () => null,
): Rows {
  const base = { path: before.path, source: tickets };
  const found = new Map(tickets.map((ticket) => [ticket._id, ticket]));
  const kept = before.rows;

  if (!isFrozen) return { ...base, rows: withMissing(tickets, kept, found, newest), waiting: 0 };

  const shown = new Set(kept.map(({ ticket }) => ticket._id));
  const tail = trailing(tickets, shown);
  const rows = [...kept.map((row) => refreshed(row, found, newest)), ...tail.map(present)];
  return {
    ...base,
    rows,
    waiting: tickets.length - tickets.filter(({ _id }) => shown.has(_id)).length - tail.length,
  };
}

export function dropRow(before: Rows, threadId: string): Rows {
  return {
    ...before,
    rows: before.rows.filter(({ ticket, isMissing }) => !isMissing || ticket._id !== threadId),
  };
}

function present(ticket: TicketSummary): Row {
  return { ticket, isMissing: false };
}

function refreshed(row: Row, found: Map<string, TicketSummary>, newest: Newest): Row {
  const ticket = found.get(row.ticket._id);
  if (!ticket) {
    const heard = newest(row.ticket._id);
    const isNews = heard !== null && heard.revision > row.ticket.revision;
    if (row.isMissing && !isNews) return row;
    return { ticket: isNews ? heard : row.ticket, isMissing: true };
  }
  return row.ticket === ticket && !row.isMissing ? row : present(ticket);
}

/** The order of the read, with each missing row still after the row that it followed. */
function withMissing(
  tickets: TicketSummary[],
  kept: Row[],
  found: Map<string, TicketSummary>,
  newest: Newest,
): Row[] {
  const followers = new Map<string | null, Row[]>();
  let previous: string | null = null;
  for (const row of kept) {
    const id = row.ticket._id;
    if (found.has(id)) previous = id;
    else followers.set(previous, [...(followers.get(previous) ?? []), refreshed(row, found, newest)]);
  }
  return [
    ...(followers.get(null) ?? []),
    ...tickets.flatMap((ticket) => [present(ticket), ...(followers.get(ticket._id) ?? [])]),
  ];
}

/** The tickets after the last one that is already shown; all if none is. */
function trailing(tickets: TicketSummary[], shown: Set<string>): TicketSummary[] {
  const last = tickets.findLastIndex(({ _id }) => shown.has(_id));
  return tickets.slice(last + 1);
}
