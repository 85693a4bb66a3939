import "server-only";
import { randomUUID } from "node:crypto";
import { trusted } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Card, type CardState, type StoredCard } from "@/models/CardModel";
import { later } from "./consequence";
import { free, isLater, type Destinations } from "./destination";
import { COALESCE_MS } from "./mark-due";

/** Longer than a request with all that follows it, so that a worker whose lease ran out has nothing under way. */
const LEASE_MS = 60_000;
/** From this age on a message's edits have a small allowance of their own. */
const OLD_MESSAGE_MS = 3_600_000;

/** Due and free to take. `$type` is what lets MongoDB use the index, which holds only cards with a date. */
export function dueCards(destination: string, now: Date) {
  return {
    destinationId: destination,
    dueAt: trusted({ $lte: now, $type: "date" as const }),
    ...free("leaseUntil", now),
  };
}

/** Whether any card of the destination waits to be brought up to date. */
export async function hasDueCard(destination: string, now: Date): Promise<boolean> {
  return (await Card.exists(dueCards(destination, now))) !== null;
}

/** The next due card, for this worker alone: first posts, then young messages, then those older than an hour. */
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

/** Notes what the holder of the lease is about to do; false where the lease was lost, and it must not. */
export async function noteOnCard(card: StoredCard, set: Partial<StoredCard>): Promise<boolean> {
  const noted = await Card.updateOne({ _id: card._id, leaseId: card.leaseId }, { $set: set });
  return noted.matchedCount === 1;
}

/**
 * Records what became of a leased card and ends the lease; nothing where the lease has passed to somebody else. With
 * `shown` the card is at rest, or until `otherwise`; or due again where a newer revision is wanted by now.
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

/** Makes cards due that wait only because Discord was away. */
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
