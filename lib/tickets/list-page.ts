import "server-only";
import type { QueryFilter } from "mongoose";
import { LOOK_CURSOR } from "@/lib/api/contracts";
import { trusted } from "@/lib/store/db";
import { cursorAt, readPage } from "@/lib/store/keyset";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { SUMMARY_FIELDS } from "./present";

type Filter = QueryFilter<StoredThread>;
type Order = { field: "receivedAt" | "lastMessageAt"; direction: 1 | -1 };
type Place = { cursor?: string | undefined; limit: number };
type Page = { rows: StoredThread[]; nextCursor: string | null };

/** Filter for threads that need a look. Without `$type` no partial index is used. */
export const NEEDS_LOOK: Filter = { needsLookAt: trusted({ $type: "date" as const }) };
const NEEDS_NO_LOOK: Filter = { needsLookAt: null }; // also if it is missing

const FIELDS = [...SUMMARY_FIELDS, "needsLookAt"].join(" ");
const LOOK_ORDER = { field: "needsLookAt", direction: 1 } as const;

/**
 * One page of a list: the tickets that need a look, the longest waiting first, and below them the others in `order`.
 * `alsoInLook` names further ones for the first group. Over all pages each ticket comes once. Only one that begins or
 * ceases to need a look between two reads may come twice or be left out: it then stands on the first page, or in the place
 * that its row has in the live stream.
 */
export async function readListPage(
  filter: Filter,
  order: Order,
  { cursor, limit }: Place,
  alsoInLook?: Filter,
): Promise<Page> {
  const below = { ...filter, ...NEEDS_NO_LOOK };
  const isBelow = cursor !== undefined && !cursor.startsWith(LOOK_CURSOR);
  if (isBelow) return readThreads(below, order, { cursor, limit });

  const [first, rest] = await Promise.all([
    readLooks(alsoInLook ? [filter, alsoInLook] : [filter], {
      cursor: cursor?.slice(LOOK_CURSOR.length),
      limit,
    }),
    readThreads(below, order, { limit }),
  ]);
  return joined(first, rest, order, limit);
}

/** The tickets of all these filters that need a look, in one order. Each filter is read from its own index. */
async function readLooks(filters: Filter[], place: Place): Promise<Page> {
  const pages = await Promise.all(
    filters.map((filter) => readThreads({ ...filter, ...NEEDS_LOOK }, LOOK_ORDER, place)),
  );
  const [only, ...more] = pages;
  if (only && more.length === 0) return only;
  const found = new Map(
    pages.flatMap(({ rows }) => rows.map((row) => [row._id.toHexString(), row] as const)),
  );
  const ordered = [...found.values()].sort(byLook);
  const rows = ordered.slice(0, place.limit);
  const last = rows.at(-1);
  const hasMore = ordered.length > rows.length || pages.some(({ nextCursor }) => nextCursor !== null);
  return { rows, nextCursor: hasMore && last ? cursorAt(last, LOOK_ORDER.field) : null };
}

function byLook(one: StoredThread, other: StoredThread): number {
  const since = ({ needsLookAt }: StoredThread) => needsLookAt?.getTime() ?? 0;
  return since(one) - since(other) || (one._id.toHexString() < other._id.toHexString() ? -1 : 1);
}

/** One page of a list in which no ticket can need a look. The cursor of another list among such tickets begins anew. */
export function readPlainPage(filter: Filter, order: Order, { cursor, limit }: Place): Promise<Page> {
  return readThreads(filter, order, { cursor: cursor?.startsWith(LOOK_CURSOR) ? undefined : cursor, limit });
}

function readThreads(filter: Filter, order: Order | typeof LOOK_ORDER, place: Place): Promise<Page> {
  const list = { filter, fields: FIELDS, order };
  return readPage<StoredThread, StoredThread>(EmailThread, list, place);
}

/** The first page of `rest` below the rows of `first`, as far as there is room for it. */
function joined(first: Page, rest: Page, { field }: Order, limit: number): Page {
  const last = first.rows.at(-1);
  const lookCursor = last ? LOOK_CURSOR + cursorAt(last, LOOK_ORDER.field) : null;
  if (first.nextCursor !== null) return { rows: first.rows, nextCursor: lookCursor };

  // Read at the same time, so that one which has just changed its part may be in both.
  const shown = new Set(first.rows.map(({ _id }) => _id.toHexString()));
  const others = rest.rows.filter(({ _id }) => !shown.has(_id.toHexString()));
  const rows = others.slice(0, limit - first.rows.length);
  const lastBelow = rows.at(-1);
  const cutCursor = lastBelow ? cursorAt(lastBelow, field) : lookCursor;
  const nextCursor = rows.length === others.length ? rest.nextCursor : cutCursor;
  return { rows: [...first.rows, ...rows], nextCursor };
}
