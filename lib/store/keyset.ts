import "server-only";
import type { Model, QueryFilter } from "mongoose";
import { QUERY_TIME_MAX_MS, trusted } from "./db";

/** The order of a list: by one date, and by `_id` among equal dates. 1 is ascending. A missing date sorts first. */
type Order<Row> = { field: keyof Row & string; direction: 1 | -1 };
/** `cursor` as a zod contract has checked it: milliseconds (none for a missing date), a dash, the id. */
type Page = { cursor?: string | undefined; limit: number };

/**
 * One page of the documents that match, with `nextCursor` null on the last. It may be a moment old; decide no rule on
 * it. `fields` is the projection.
 */
export async function readPage<Doc, Row extends { _id: unknown }>(
  model: Model<Doc>,
  {
    filter,
    fields,
    order,
  }: { filter: QueryFilter<Doc>; fields: string | Record<string, unknown>; order: Order<Row> },
  { cursor, limit }: Page,
): Promise<{ rows: Row[]; nextCursor: string | null }> {
  const { field, direction } = order;
  const rows = await model
    .find(cursor === undefined ? filter : { $and: [filter, after(order, cursor)] }, fields)
    .sort({ [field]: direction, _id: direction } as Record<string, 1 | -1>)
    .limit(limit + 1) // one more, which tells whether the list goes on
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Row[]>();
  const last = rows[limit - 1];
  return {
    rows: rows.slice(0, limit),
    nextCursor: last && rows.length > limit ? cursorAt(last, field) : null,
  };
}

/** The cursor of a page that begins after `row`, in a list in the order of `field`. */
export function cursorAt<Row extends { _id: unknown }>(row: Row, field: keyof Row & string): string {
  const at = row[field] as Date | null | undefined; // an order's field is a date
  return `${at?.getTime() ?? ""}-${String(row._id)}`;
}

/**
 * The condition for what follows the cursor. It starts the index scan at the cursor, so a page at depth 100,000 reads
 * as few keys as the first. (An `$or` of "later" and "same date, higher id" reads every key before the cursor.)
 */
function after<Row>({ field, direction }: Order<Row>, cursor: string): QueryFilter<unknown> {
  const [ms = "", id] = cursor.split("-");
  const at = ms === "" ? null : new Date(Number(ms));
  if (at === null && direction === -1) return { [field]: null, _id: trusted({ $lt: id }) };
  const passed = { [field]: at, _id: trusted(direction === 1 ? { $lte: id } : { $gte: id }) };
  if (at === null) return { $nor: [passed] };
  // Descending not by `$lte`: that would leave out the documents without a date, which come last.
  const from = direction === 1 ? { $gte: at } : { $not: { $gt: at } };
  return { [field]: trusted(from), $nor: [passed] };
}
