import "server-only";
import type { Model, QueryFilter } from "mongoose";
import type { Clock } from "@/lib/store/clock";
import { trusted } from "@/lib/store/db";
import { barred } from "./unwritable";

/** A value of an update pipeline; it sees the row as it was before. */
export type Expression = unknown;

type Fields = { dueAt: string; dueSince: string; leaseId: string; attempts: string };

/** Rows of a collection that are due at a time, and how they are worked off. */
export type Queue<Row extends { _id: unknown }> = {
  name: string;
  model: Model<Row>;
  /** Which rows belong to the queue, besides being due. */
  where?: QueryFilter<Row>;
  /**
   * The row's fields: `dueAt` is when it is due, or when its lease ends; `dueSince` since when, while it is leased or
   * waits for a retry; `leaseId` names the lease; `attempts` counts the failed ones. Named like that if not given. Each
   * of the two dates needs an index that is partial with `$type: "date"`. Whoever makes a row due that is not leased, or
   * no longer due, sets `dueAt` by the database's clock and leaves no `dueSince`.
   */
  fields?: Partial<Fields>;
  /** The value of `dueAt`, `dueSince` and `leaseId` if the row is not due: null, or no field at all. */
  empty?: null | "$$REMOVE";
  /** Longer than one step takes, in milliseconds. */
  leaseMs: number;
  /** How many rows a step leases at once: 1, or 8 if the work on a row costs little more than its lease. */
  batch?: number;
  /** Which of the due rows comes first. */
  order?: "oldest" | "newest";
  /** The fields that the work reads, or expressions; all fields if not given. */
  project?: Record<string, unknown>;
  /** Further fields that the lease sets. */
  leased?: Record<string, Expression>;
  /** The pauses double from the first to the longest, in milliseconds. */
  retry?: Partial<Retry>;
  /** Counts a lease that ran out as an attempt. Not for rows that others make due while they are leased. */
  countsLostLeases?: boolean;
  /** The beginning of the sentence that a person reads, such as "The history could not be copied". */
  failure: string;
  /** Stores that a row is given up. Without it, a `DeadLetter` is stored and the row is no longer due. */
  bury?: (leased: Leased<Row>, error: string, clock: Clock) => Promise<void>;
  /** False while the feature is off: nothing runs, and the rows count for no lag. */
  isOn?: () => boolean;
};

type Retry = { attemptsMax: number; firstMs: number; longestMs: number };

export const RETRY: Retry = { attemptsMax: 10, firstMs: 1_000, longestMs: 15 * 60_000 };

/** A row that this worker has to itself until `until` by the database's clock, and only as long as it has the lease. */
export type Leased<Row> = {
  row: Row;
  leaseId: string;
  until: Date;
  /** The same by this process's monotonic clock, in milliseconds; not later, whatever any clock shows. */
  heldUntil: number;
  /** Since when the row has been due. */
  since: Date;
  /** Failed attempts before this one. */
  attempts: number;
};

export const IS_DATE = { $type: "date" as const };

export function fieldsOf<Row extends { _id: unknown }>({ fields, empty = null }: Queue<Row>) {
  const named = { dueAt: "dueAt", dueSince: "dueSince", leaseId: "leaseId", attempts: "attempts", ...fields };
  return { ...named, empty };
}

/** Without `$type`, MongoDB compares every row with the expression: measured 20,000 keys instead of 1. */
export function isDue<Row extends { _id: unknown }>(
  queue: Queue<Row>,
  clock: Clock,
): Record<string, unknown> {
  const { dueAt } = fieldsOf(queue);
  return { [dueAt]: IS_DATE, $expr: { $lte: [`$${dueAt}`, clock] } };
}

export function dueFilter<Row extends { _id: unknown }>(queue: Queue<Row>, clock: Clock, ids?: unknown[]) {
  const { dueAt } = fieldsOf(queue);
  const { $expr } = isDue(queue, clock);
  const left = barred.idsOf(queue);
  return {
    $and: [
      queue.where ?? {},
      { [dueAt]: trusted({ ...IS_DATE }), $expr: trusted($expr as object) },
      ...(ids ? [{ _id: trusted({ $in: ids }) }] : []),
      ...(left.length > 0 ? [{ _id: trusted({ $nin: left }) }] : []),
    ],
  } as QueryFilter<Row>;
}

export function sortOf<Row extends { _id: unknown }>(queue: Queue<Row>): Record<string, 1 | -1> {
  return { [fieldsOf(queue).dueAt]: queue.order === "newest" ? -1 : 1 };
}
