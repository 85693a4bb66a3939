import { needsLook, type TicketSummary } from "@/lib/api/vocabulary";

// The rows of a list between two changes. While somebody aims at a row, no row moves and new ones wait. While somebody has
// scrolled down, rows go to their group and the reader's own new ones that need a look appear; other new ones wait.

export type Row = {
  /** Of a row that left the list, as it was heard of last. */
  ticket: TicketSummary;
  /** It left the list, and stays until it has told why. */
  isMissing: boolean;
  /** It stands in the group *Needs a look*, above the others. */
  isInLook: boolean;
};

/** How still the list has to keep, the freest first. */
const STILLNESSES = ["free", "scrolled", "aimed"] as const;
export type Stillness = (typeof STILLNESSES)[number];

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
  /** How still they had to keep. */
  still: Stillness;
};

type Settling = {
  still: Stillness;
  /** The member who reads the list. */
  reader: string;
  newest?: Newest;
};

export function firstRows(path: string, tickets: TicketSummary[]): Rows {
  return { path, source: tickets, rows: tickets.map(present), waiting: 0, still: "free" };
}

/** The rows after a change. Rows get their new content at once; one that left the list is marked and not removed. */
export function settleRows(
  before: Rows,
  tickets: TicketSummary[],
  { still, reader, newest = () => null }: Settling,
): Rows {
  const found = new Map(tickets.map((ticket) => [ticket._id, ticket]));
  const rows = before.rows.map((row) => refreshed(row, found, newest));
  const settled = inGroups(settle(rows, tickets, still, reader));
  const shown = new Set(settled.map(({ ticket }) => ticket._id));
  return {
    path: before.path,
    source: tickets,
    rows: settled,
    waiting: tickets.filter(({ _id }) => !shown.has(_id)).length,
    still,
  };
}

/** True if rows wait, or stand in the wrong group, that need not do so any more. */
export function isBehind({ rows, waiting, still }: Rows, now: Stillness): boolean {
  const isLooser = STILLNESSES.indexOf(now) < STILLNESSES.indexOf(still);
  const isMisplaced = (row: Row) => !row.isMissing && row.isInLook !== needsLook(row.ticket);
  return isLooser && (waiting > 0 || rows.some(isMisplaced));
}

export function dropRow(before: Rows, threadId: string): Rows {
  return {
    ...before,
    rows: before.rows.filter(({ ticket, isMissing }) => !isMissing || ticket._id !== threadId),
  };
}

function settle(rows: Row[], tickets: TicketSummary[], still: Stillness, reader: string): Row[] {
  if (still === "free") return inOrder(rows, tickets);
  const shown = new Set(rows.map(({ ticket }) => ticket._id));
  const tail = trailing(tickets, shown).map(present);
  if (still === "aimed") return [...rows, ...tail];

  const isDue = (ticket: TicketSummary) =>
    needsLook(ticket) && (shown.has(ticket._id) || [ticket.assignedTo, ticket.givenBackTo].includes(reader));
  const inLook = rows.filter(({ isInLook }) => isInLook);
  const look = inOrder(inLook, tickets.filter(isDue));
  const placed = new Set(look.map(({ ticket }) => ticket._id));
  const isElsewhere = ({ ticket }: Row) => !placed.has(ticket._id);
  const returned = inLook.filter((row) => isElsewhere(row)).map(({ ticket }) => ticket);
  const stayed = rows.filter((row) => !row.isInLook && isElsewhere(row));
  const rest = returned.reduce((before, ticket) => withReturned(before, ticket, tickets), stayed);
  return [...look, ...rest, ...tail.filter(isElsewhere)];
}

/** The rows with one that no longer needs a look, before the row that it comes before in the list. */
function withReturned(rows: Row[], ticket: TicketSummary, tickets: TicketSummary[]): Row[] {
  const place = tickets.findIndex(({ _id }) => _id === ticket._id);
  const later = new Set(tickets.slice(place + 1).map(({ _id }) => _id));
  const before = rows.findIndex((row) => later.has(row.ticket._id));
  return rows.toSpliced(before === -1 ? rows.length : before, 0, present(ticket));
}

/** Those that stand under *Needs a look* first; otherwise in their order. */
function inGroups(rows: Row[]): Row[] {
  return [...rows.filter(({ isInLook }) => isInLook), ...rows.filter(({ isInLook }) => !isInLook)];
}

function present(ticket: TicketSummary): Row {
  return { ticket, isMissing: false, isInLook: needsLook(ticket) };
}

/** The row in its place, with its newest content. */
function refreshed(row: Row, found: Map<string, TicketSummary>, newest: Newest): Row {
  const ticket = found.get(row.ticket._id);
  if (!ticket) {
    const heard = newest(row.ticket._id);
    const isNews = heard !== null && heard.revision > row.ticket.revision;
    if (row.isMissing && !isNews) return row;
    return { ...row, ticket: isNews ? heard : row.ticket, isMissing: true };
  }
  return row.ticket === ticket && !row.isMissing ? row : { ...row, ticket, isMissing: false };
}

/** The tickets in their order, with each missing row still after the row that it followed. */
function inOrder(rows: Row[], tickets: TicketSummary[]): Row[] {
  const listed = new Set(tickets.map(({ _id }) => _id));
  const followers = new Map<string | null, Row[]>();
  let previous: string | null = null;
  for (const row of rows) {
    if (listed.has(row.ticket._id)) previous = row.ticket._id;
    else if (row.isMissing) followers.set(previous, [...(followers.get(previous) ?? []), row]);
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
