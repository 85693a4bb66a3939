import "server-only";
import { randomUUID } from "node:crypto";
import { trusted } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Card, type CardState, type StoredCard } from "@/models/CardModel";
import { later } from "./consequence";
import { free, isLater, type Destinations } from "./destination";
import { COALESCE_MS } from "./mark-due";

/** Longer than a request and its recording take, so a worker whose lease ran out has no request under way. */
const LEASE_MS = 60_000;
/** Discord limits edits of messages older than this separately. */
const OLD_MESSAGE_MS = 3_600_000;

/** Filter for cards that are due and not leased. MongoDB needs `$type` to use the partial index. */
export function dueCards(destination: string, now: Date) {
  return {
    destinationId: destination,
    dueAt: trusted({ $lte: now, $type: "date" as const }),
    ...free("leaseUntil", now),
  };
}

/** Whether the destination has a due card. */
export async function hasDueCard(destination: string, now: Date): Promise<boolean> {
  return (await Card.exists(dueCards(destination, now))) !== null;
}

/** Leases the next due card: first posts, then messages younger than an hour, then older ones. Null if none is due. */
export async function leaseDueCard({ own }: Destinations, now: Date): Promise<StoredCard | null> {
  const old = later(now, -OLD_MESSAGE_MS);
  return (
    (await lease(own._id, { state: trusted({ $in: ["new", "posting"] }) }, now)) ??
    (await lease(own._id, { state: "live", postedAt: trusted({ $gt: old }) }, now)) ??
    (isLater(own.oldEditsBlockedUntil, now) ? null : await lease(own._id, { state: "live" }, now))
  );
}

async function lease(
  destination: string,
  which: Record<string, unknown>,
  now: Date,
): Promise<StoredCard | null> {
  return Card.findOneAndUpdate(
    { ...dueCards(destination, now), ...which },
    { $set: { leaseId: randomUUID(), leaseUntil: later(now, LEASE_MS) } },
    { sort: { dueAt: 1 }, returnDocument: "after" },
  ).lean<StoredCard>();
}

/** Stores what the worker is about to do with a leased card; false if it lost the lease and must not do it. */
export async function noteOnCard(card: StoredCard, set: Partial<StoredCard>): Promise<boolean> {
  const noted = await Card.updateOne({ _id: card._id, leaseId: card.leaseId }, { $set: set });
  return noted.matchedCount === 1;
}

/**
 * Records the outcome for a leased card and ends the lease; does nothing if another worker has the lease by now.
 * `shown` is the revision that Discord shows: the next check is at `otherwise` (null: none), unless a newer revision is
 * already wanted.
 */
export async function settleCard(
  card: StoredCard,
  set: Partial<StoredCard>,
  when: { dueAt: Date | null } | { shown: number; at: Date; otherwise?: Date | null },
): Promise<void> {
  const literals = Object.fromEntries(
    Object.entries(set).map(([field, value]) => [field, { $literal: value }]),
  );
  const dueAt =
    "dueAt" in when
      ? { $literal: when.dueAt }
      : {
          $cond: [
            { $gt: ["$wantedRevision", when.shown] },
            later(when.at, COALESCE_MS),
            when.otherwise ?? null,
          ],
        };
  await settleOutcome(() =>
    Card.updateOne(
      { _id: card._id, leaseId: card.leaseId },
      [{ $set: { ...literals, dueAt, leaseId: null, leaseUntil: null } }],
      { updatePipeline: true },
    ),
  );
}

/** Makes the cards due that wait for a retry, since Discord answers again. */
export async function hurryWaitingCards(destination: string, at: Date): Promise<void> {
  await Card.updateMany(
    {
      destinationId: destination,
      dueAt: trusted({ $gt: at, $type: "date" as const }),
      attempts: trusted({ $gt: 0 }),
      leaseId: null,
      state: trusted({ $in: ["new", "live"] as CardState[] }),
    },
    { $set: { dueAt: at } },
  );
}
