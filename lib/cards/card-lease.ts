import "server-only";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Card, type CardState, type StoredCard } from "@/models/CardModel";
import { cardsConfig } from "./config";
import { later } from "./consequence";
import { isLater, type Destinations } from "./destination";
import { ALL_CHECKS } from "./late-edit";
import { COALESCE_MS } from "./mark-due";

/** Discord limits edits of messages older than this separately. */
const OLD_MESSAGE_MS = 3_600_000;

/** Cards to post or to update. Requests to one webhook follow each other, so a worker leases one card at a time. */
export const CARDS: Queue<StoredCard> = {
  name: "cards",
  model: Card,
  fields: { attempts: "failures" },
  // Longer than a request and its recording take.
  leaseMs: 60_000,
  leased: { formerLeaseId: "$leaseId" },
  failure: "The card could not be made",
  bury: async (leased, lastError) => {
    await settle(CARDS, leased, { set: kept(leased, { state: "dead", lastError }) });
  },
  isOn: () => cardsConfig() !== null,
};

/** The fields to store: a card that was moved is never its ticket's card again, however its last edit ends. */
function kept({ row }: Leased<StoredCard>, set: Partial<StoredCard>): Partial<StoredCard> {
  return row.state === "moved" && set.state ? { ...set, state: "moved" } : set;
}

/** Milliseconds until the destination's next card is due, 0 or less if one is due now; null if nothing is to do. */
export async function untilNextCard(destination: string, clock: Clock): Promise<number | null> {
  const [next] = await Card.aggregate<{ ms: number }>([
    { $match: { destinationId: destination, dueAt: { $type: "date" } } },
    { $sort: { dueAt: 1 } },
    { $limit: 1 },
    { $project: { ms: { $subtract: ["$dueAt", clock] } } },
  ]);
  return next?.ms ?? null;
}

/** Works on the next due card: first posts, then messages younger than an hour, then older ones. */
export async function runNextCard(
  { own }: Destinations,
  clock: Clock,
  now: Date,
  work: (leased: Leased<StoredCard>) => Promise<void>,
): Promise<{ worked: boolean }> {
  const young = trusted({ $gt: later(now, -OLD_MESSAGE_MS) });
  const posted = trusted({ $in: ["live", "moved"] as CardState[] });
  const kinds = [
    { state: trusted({ $in: ["new", "posting"] as CardState[] }) },
    { state: posted, postedAt: young },
    ...(isLater(own.oldEditsBlockedUntil, now) ? [] : [{ state: posted }]),
  ];
  for (const kind of kinds) {
    const queue = { ...CARDS, where: { destinationId: own._id, ...kind }, isOn: () => true };
    const { worked } = await runQueue(queue, work, { clock });
    if (worked) return { worked };
  }
  return { worked: false };
}

/** Stores what the worker is about to do with a leased card; false if it lost the lease and must not do it. */
export async function noteOnCard(
  { row, leaseId }: Leased<StoredCard>,
  set: Partial<StoredCard>,
): Promise<boolean> {
  const noted = await Card.updateOne({ _id: row._id, leaseId }, { $set: set });
  return noted.matchedCount === 1;
}

type When =
  /** At a time; null for when the ticket changes. The card is behind until then. */
  | { dueAt: Date | null }
  /** Discord shows this revision: the next check is at `otherwise` (null: none), unless a newer one is wanted. */
  | { shown: number; otherwise?: Date | null };

/**
 * Records the outcome for a leased card and ends the lease; false, with nothing written, if another worker has the card
 * by now. If an edit of a former worker was answered meanwhile, the card is sent and checked again.
 */
export async function settleCard(
  leased: Leased<StoredCard>,
  set: Partial<StoredCard>,
  when: When,
  at: Date,
): Promise<boolean> {
  const isFinal = set.state === "gone" || set.state === "dead";
  const isDoubted = { $ne: [{ $ifNull: ["$lateEdits", 0] }, leased.row.lateEdits ?? 0] };
  const unlessDoubted = (field: keyof StoredCard) => (field in set ? { $literal: set[field] } : `$${field}`);
  const doubt = Object.entries({ syncedHash: null, ...ALL_CHECKS }).map(([field, value]) => [
    field,
    { $cond: [isDoubted, value, unlessDoubted(field as keyof StoredCard)] },
  ]);
  const dueAt =
    "dueAt" in when
      ? { $literal: when.dueAt }
      : { $cond: [{ $gt: ["$wantedRevision", when.shown] }, later(at, COALESCE_MS), when.otherwise ?? null] };
  return settle(CARDS, leased, {
    set: kept(leased, set),
    compute: {
      ...Object.fromEntries(doubt),
      ...("dueAt" in when && when.dueAt ? { dueSince: { $literal: leased.since } } : {}),
    },
    dueAt: isFinal ? dueAt : { $cond: [isDoubted, at, dueAt] },
  });
}

/** The card is sent and checked again: an edit was answered after its worker had lost the card. */
export async function doubtCard(_id: string, at: Date): Promise<void> {
  const isFree = { $and: [{ $in: ["$state", ["live", "moved"]] }, { $eq: ["$leaseId", null] }] };
  await settleOutcome(() =>
    Card.updateOne(
      { _id },
      [
        {
          $set: {
            syncedHash: null,
            ...ALL_CHECKS,
            lateEdits: { $add: [{ $ifNull: ["$lateEdits", 0] }, 1] },
            dueAt: { $cond: [isFree, at, "$dueAt"] },
          },
        },
      ],
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
      state: trusted({ $in: ["new", "live", "moved"] as CardState[] }),
    },
    { $set: { dueAt: at } },
  );
}
