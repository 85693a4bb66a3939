import type { TicketSummary } from "@/lib/api/vocabulary";

// What a list shows while the database behind it moves on. Rows never jump under the pointer: somebody reading or
// aiming at a row keeps it where it is, and what is new waits.

export type Row = {
  ticket: TicketSummary;
  /** It is not in the list any more, and stays until it has said why. */
  isMissing: boolean;
};

export type Rows = {
  /** Which list this is; another one starts anew. */
  path: string;
  /** The last read these rows follow. */
  source: TicketSummary[];
  reads: number;
  rows: Row[];
  /** Tickets that are in the list and wait to be shown. */
  waiting: number;
};

export function firstRows(path: string, tickets: TicketSummary[]): Rows {
  return { path, source: tickets, reads: 0, rows: tickets.map(present), waiting: 0 };
}

/**
 * The rows after a read. Held, nothing changes place: rows get their new content, new ones are shown only where they
 * follow the last row, and the others wait. A row that is gone is marked, not removed, but for the first read after
 * the page was rendered: whatever that leaves out was old before anybody saw it.
 */
export function settleRows(before: Rows, tickets: TicketSummary[], isFrozen: boolean): Rows {
  const base = { path: before.path, source: tickets, reads: before.reads + 1 };
  const found = new Map(tickets.map((ticket) => [ticket._id, ticket]));
  const kept = before.reads === 0 ? before.rows.filter(({ ticket }) => found.has(ticket._id)) : before.rows;

  if (!isFrozen) return { ...base, rows: withMissing(tickets, kept, found), waiting: 0 };

  const shown = new Set(kept.map(({ ticket }) => ticket._id));
  const tail = trailing(tickets, shown);
  const rows = [...kept.map((row) => refreshed(row, found)), ...tail.map(present)];
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

function refreshed(row: Row, found: Map<string, TicketSummary>): Row {
  const ticket = found.get(row.ticket._id);
  if (!ticket) return row.isMissing ? row : { ...row, isMissing: true };
  return row.ticket === ticket && !row.isMissing ? row : present(ticket);
}

/** The read's own order, with each missing row still behind the row it stood behind. */
function withMissing(tickets: TicketSummary[], kept: Row[], found: Map<string, TicketSummary>): Row[] {
  const followers = new Map<string | null, Row[]>();
  let previous: string | null = null;
  for (const row of kept) {
    const id = row.ticket._id;
    if (found.has(id)) previous = id;
    else followers.set(previous, [...(followers.get(previous) ?? []), refreshed(row, found)]);
  }
  return [
    ...(followers.get(null) ?? []),
    ...tickets.flatMap((ticket) => [present(ticket), ...(followers.get(ticket._id) ?? [])]),
  ];
}

/** What follows the last ticket that is already shown; everything where none is. */
function trailing(tickets: TicketSummary[], shown: Set<string>): TicketSummary[] {
  const last = tickets.findLastIndex(({ _id }) => shown.has(_id));
  return tickets.slice(last + 1);
}
