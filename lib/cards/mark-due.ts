import "server-only";
import type { Model, mongo } from "mongoose";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import { takeDue } from "@/lib/store/queue/lease";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { workOnEach } from "@/lib/store/queue/run";
import { settleAlike } from "@/lib/store/queue/settle";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import type { StepResult } from "@/lib/process/followers";
import { Card, type CardState, type StoredCard } from "@/models/CardModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { cardsConfig } from "./config";
import { ignoringDuplicate } from "./destination";
import { isRequested } from "@/lib/tickets/card-summary";

/** How long an edit waits for further changes to join it, in milliseconds. */
export const COALESCE_MS = 750;
/** Most first posts of unknown outcome. Each may have become a message in the channel. */
const UNCERTAIN_POSTS_MAX = 3;
/** A ticket without a card gets one only for a change younger than this, in milliseconds. */
const NEWS_AGE_MAX_MS = 24 * 3_600_000;
const RESOLVED_NEWS_AGE_MAX_MS = 5 * 60_000;

/** A thread as far as its card's due time depends on it. */
type Marked = Pick<
  StoredThread,
  ("_id" | "status" | "revision" | "lastInboundAt" | "cardRequestRevision" | "emptiedAt") | "bodiesRemovedAt"
>;

/**
 * Threads that changed since their cards were told. The newest come first: once a webhook is set, a new ticket's card
 * does not wait for all that changed before.
 */
export const MARKS: Queue<Marked> = {
  name: "card-marks",
  model: EmailThread as unknown as Model<Marked>, // fewer fields of the same documents
  fields: {
    dueAt: "cardsDueAt",
    dueSince: "cardsDueSince",
    leaseId: "cardsLeaseId",
    attempts: "cardsAttempts",
  },
  empty: "$$REMOVE",
  leaseMs: 30_000,
  batch: 8,
  order: "newest",
  project: {
    status: 1,
    revision: 1,
    lastInboundAt: 1,
    cardRequestRevision: 1,
    emptiedAt: 1,
    bodiesRemovedAt: 1,
  },
  failure: "The card of this ticket could not be looked up",
  isOn: () => cardsConfig() !== null,
};

/** Whether a change is too old for a first card. All marks after it are older, and due cards come before them. */
export function isOld(markedAt: Date, now: Date): boolean {
  return now.getTime() - markedAt.getTime() > NEWS_AGE_MAX_MS;
}

/** How many marks are handled at once if even the newest is older than any news. */
const OLD_BATCH = 500;

/**
 * Makes the cards of a few changed threads due and removes the threads' marks, if there are any. The card is
 * written first, so a crash in between repeats it, and a thread that changed again stays marked. If all marks are old,
 * those of tickets without a card are dropped hundreds at a time.
 */
export async function runMarks(destination: string, clock: Clock): Promise<StepResult> {
  const newest = await takeDue(MARKS, { clock });
  const [first] = newest;
  if (!first) return { worked: false };
  const older = ageOf(first) > NEWS_AGE_MAX_MS ? await takeDue(MARKS, { clock, limit: OLD_BATCH }) : [];
  const marked = [...newest, ...older];
  const cards = await Card.find({ threadId: trusted({ $in: marked.map(({ row }) => row._id) }) })
    .sort({ gen: -1 })
    .lean<StoredCard[]>();
  const cardsOf = Map.groupBy(cards, ({ threadId }) => threadId.toHexString());
  const of = ({ row }: Leased<Marked>) => cardsOf.get(row._id.toHexString()) ?? [];

  const silent = marked.filter((leased) => of(leased).length === 0 && !isWanted(leased));
  const others = marked.filter((leased) => !silent.includes(leased));
  const again: Leased<Marked>[] = [];
  const handOverOne = async (leased: Leased<Marked>) => {
    if (!(await handOver(leased, of(leased), destination))) again.push(leased);
  };
  // Nearly all have a card that has to change, or need their first one: one command for each kind.
  const ordinary = others.filter((leased) => isOrdinary(of(leased), destination));
  const isDone = await handOverTogether(ordinary, of, destination);
  const rest = isDone ? others.filter((leased) => !ordinary.includes(leased)) : others;
  const done = await workOnEach(MARKS, rest, handOverOne, clock);
  const settled = [...silent, ...(isDone ? ordinary : []), ...done];
  await settleAlike(
    MARKS,
    settled.filter((leased) => !again.includes(leased)),
  );
  // The card changed meanwhile, so the thread must be read again.
  await settleAlike(MARKS, again, { dueAt: clock });
  return { worked: true, hasMore: newest.length >= (MARKS.batch ?? 1) };
}

const ORDINARY: readonly CardState[] = ["new", "posting", "live"];

/** Whether the ticket has no card, or one in this destination that is posted or about to be. */
function isOrdinary([newest]: StoredCard[], destination: string): boolean {
  return !newest || (newest.destinationId === destination && ORDINARY.includes(newest.state));
}

/** Hands over threads with ordinary cards; false, so that each has to be handed over alone, if a card changed meanwhile. */
async function handOverTogether(
  marked: Leased<Marked>[],
  of: (leased: Leased<Marked>) => StoredCard[],
  destination: string,
): Promise<boolean> {
  const adds: Partial<StoredCard>[] = [];
  const wants: mongo.AnyBulkWriteOperation<StoredCard>[] = [];
  for (const leased of marked) {
    const [card] = of(leased);
    if (card) wants.push({ updateOne: wanted(card, leased.row, leasedAt(leased)) });
    else adds.push(newCard(leased.row, destination, 0, leasedAt(leased)));
  }
  try {
    if (adds.length > 0) await ignoringDuplicate(async () => Card.insertMany(adds, { ordered: false }));
    if (wants.length === 0) return true;
    const { matchedCount } = await Card.collection.bulkWrite(wants as never, { ordered: false }); // string ids
    return matchedCount === wants.length;
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    return false;
  }
}

/** When the mark was leased, by the database's clock. */
function leasedAt({ until }: Leased<Marked>): Date {
  return new Date(until.getTime() - MARKS.leaseMs);
}

/** How old the mark was when it was leased, in milliseconds, by the database's clock. */
function ageOf(leased: Leased<Marked>): number {
  return leasedAt(leased).getTime() - leased.since.getTime();
}

/** Whether a ticket that never had a card gets one. */
function isWanted(leased: Leased<Marked>): boolean {
  return isRequested(leased.row, null) || isNews(leased.row, ageOf(leased));
}

/** False if the card changed meanwhile, so the thread must be read again. */
async function handOver(leased: Leased<Marked>, cards: StoredCard[], destination: string): Promise<boolean> {
  const { row: thread } = leased;
  const now = leasedAt(leased);
  const newest = cards[0];
  if (!newest) {
    await addCard(thread, destination, 0, now);
    return true;
  }
  const isRequestedNow = isRequested(thread, newest);
  const isHere = newest.destinationId === destination;
  if (isHere && ORDINARY.includes(newest.state)) return want(newest, thread, now);
  if (isHere && newest.state === "moved") {
    await addNextCard(newest, thread, now);
    return false;
  }
  if (isHere && newest.state === "dead" && (isRequestedNow || !isUncertain(newest))) {
    return revive(newest, thread, now, isRequestedNow);
  }

  // The webhook was replaced and is now the old one again: its message is still in the channel.
  const left = cards.find(
    (card) => card.destinationId === destination && card.messageId !== null && card.state !== "moved",
  );
  if (left) await adopt(left, thread, newest.gen + 1, now);
  else if (isRequestedNow || (isHere ? hasWrittenSince(thread, newest) : thread.status !== "resolved")) {
    await addCard(thread, destination, newest.gen + 1, now);
  }
  return true;
}

/**
 * Whether a ticket that never had a card should get one. An old change comes from a time without a webhook: the channel
 * gets a card for it within a day if the ticket is not resolved, otherwise within 5 minutes. Texts that were removed
 * for privacy are no news.
 */
function isNews(thread: Marked, ageMs: number): boolean {
  if (thread.emptiedAt ?? thread.bodiesRemovedAt) return false;
  return ageMs <= (thread.status === "resolved" ? RESOLVED_NEWS_AGE_MAX_MS : NEWS_AGE_MAX_MS);
}

function isUncertain(card: StoredCard): boolean {
  return card.messageId === null && mayPostNoMore(card, card.uncertainPosts);
}

/** Whether only a person may ask for another post, after so many of unknown outcome. */
export function mayPostNoMore(card: StoredCard, uncertainPosts: number): boolean {
  return uncertainPosts >= (card.uncertainPostsMax ?? UNCERTAIN_POSTS_MAX);
}

/** Whether somebody asked for the card after it last showed anything, so a deleted message is posted anew. */
export function isUnseenRequest(thread: Marked, card: StoredCard): boolean {
  return (thread.cardRequestRevision ?? -1) > card.syncedRevision;
}

/** Whether the customer wrote after what the card last showed, which brings a deleted card back. */
export function hasWrittenSince(thread: Marked, card: StoredCard): boolean {
  return (
    thread.lastInboundAt !== undefined && thread.lastInboundAt.getTime() !== card.syncedInboundAt?.getTime()
  );
}

export async function addCard(
  thread: Marked,
  destination: string,
  gen: number,
  now: Date,
  known: Partial<StoredCard> = {},
): Promise<void> {
  await ignoringDuplicate(() => Card.create({ ...newCard(thread, destination, gen, now), ...known }));
}

/** The card that takes the place of one that moved. Does nothing if it is there. */
export async function addNextCard(moved: StoredCard, thread: Marked, now: Date): Promise<void> {
  const wantedRevision = Math.max(moved.wantedRevision, thread.revision ?? 0);
  await addCard(thread, moved.destinationId, moved.gen + 1, now, { wantedRevision });
}

function newCard(thread: Marked, destination: string, gen: number, now: Date): Partial<StoredCard> {
  return {
    _id: `${thread._id.toHexString()}:${destination}:${gen}`,
    threadId: thread._id,
    destinationId: destination,
    gen,
    state: "new",
    wantedRevision: thread.revision ?? 0,
    dueAt: now,
  };
}

async function want(card: StoredCard, thread: Marked, now: Date): Promise<boolean> {
  const { filter, update } = wanted(card, thread, now);
  const { matchedCount } = await Card.updateOne(filter, update, { updatePipeline: true });
  return matchedCount === 1;
}

function wanted(card: StoredCard, thread: Marked, now: Date) {
  // A first post goes at once; one of unknown outcome keeps its pause.
  const soon = { live: new Date(now.getTime() + COALESCE_MS), new: now }[card.state as "live" | "new"];
  const free = card.state === "posting" ? { $ifNull: ["$dueAt", now] } : { $min: ["$dueAt", soon] };
  // The date of a leased card is the end of its lease. Its worker sees the wanted revision when it ends the lease.
  const dueAt = { $cond: [{ $eq: ["$leaseId", null] }, free, "$dueAt"] };
  return {
    filter: { _id: card._id, state: card.state },
    update: [{ $set: { wantedRevision: { $max: ["$wantedRevision", thread.revision ?? 0] }, dueAt } }],
  };
}

/** Retries a card that was given up, since the ticket changed; with new attempts if a person asked for it. */
async function revive(
  card: StoredCard,
  thread: Marked,
  now: Date,
  isRequestedNow: boolean,
): Promise<boolean> {
  const revived = await Card.updateOne(
    { _id: card._id, state: "dead" },
    {
      $set: {
        state: card.messageId === null ? "new" : "live",
        wantedRevision: thread.revision ?? 0,
        dueAt: now,
        dueSince: null,
        attempts: 0,
        failingSince: null,
        withoutCustomerText: false,
        ...(isRequestedNow ? { uncertainPostsMax: card.uncertainPosts + UNCERTAIN_POSTS_MAX } : {}),
      },
    },
  );
  return revived.matchedCount === 1;
}

async function adopt(left: StoredCard, thread: Marked, gen: number, now: Date): Promise<void> {
  const { messageId, channelId, postedAt, syncedInboundAt, showsAttention } = left;
  const known = { state: "live" as const, messageId, channelId, postedAt, syncedInboundAt, showsAttention };
  await addCard(thread, left.destinationId, gen, now, known);
  await Card.updateOne({ _id: left._id }, { $set: { messageId: null } });
}
