import "server-only";
import { trusted } from "@/lib/store/db";
import { Card, type StoredCard } from "@/models/CardModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { ignoringDuplicate } from "./destination";
import { isRequested } from "@/lib/tickets/card-summary";

/** How long an edit waits for further changes to join it, in milliseconds. */
export const COALESCE_MS = 750;
/** Most first posts of unknown outcome. Each may have become a message in the channel. */
const UNCERTAIN_POSTS_MAX = 3;
/** A ticket without a card gets one only for a change younger than this, in milliseconds. */
const NEWS_AGE_MAX_MS = 24 * 3_600_000;
const RESOLVED_NEWS_AGE_MAX_MS = 5 * 60_000;

/**
 * Makes the card of one changed thread due and removes the thread's mark; false if no thread is marked. The card is
 * written first, so a crash in between repeats it, and a thread that changed again stays marked.
 */
export async function markOneDue(destination: string, now: Date): Promise<boolean> {
  const thread = await EmailThread.findOne({ cardsDueAt: trusted({ $lte: now }) })
    .sort({ cardsDueAt: 1 })
    .lean<StoredThread>();
  if (!thread?.cardsDueAt) return false;

  if (await handOver(thread, thread.cardsDueAt, destination, now)) {
    await EmailThread.updateOne(
      { _id: thread._id, cardsDueAt: thread.cardsDueAt, revision: thread.revision ?? null },
      { $unset: { cardsDueAt: 1 } },
    );
  }
  return true;
}

/** False if the card changed meanwhile, so the thread must be read again. */
async function handOver(
  thread: StoredThread,
  changedAt: Date,
  destination: string,
  now: Date,
): Promise<boolean> {
  const cards = await Card.find({ threadId: thread._id }).sort({ gen: -1 }).lean<StoredCard[]>();
  const newest = cards[0];
  const isRequestedNow = isRequested(thread, newest ?? null);
  if (!newest) {
    if (isRequestedNow || isNews(thread, changedAt, now)) await addCard(thread, destination, 0, now);
    return true;
  }
  const isHere = newest.destinationId === destination;
  if (isHere && (newest.state === "live" || newest.state === "new" || newest.state === "posting")) {
    return want(newest, thread, now);
  }
  if (isHere && newest.state === "dead" && (isRequestedNow || !isUncertain(newest))) {
    return revive(newest, thread, now, isRequestedNow);
  }

  // The webhook was replaced and is now the old one again: its message is still in the channel.
  const left = cards.find((card) => card.destinationId === destination && card.messageId !== null);
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
function isNews(thread: StoredThread, changedAt: Date, now: Date): boolean {
  if (thread.emptiedAt ?? thread.bodiesRemovedAt) return false;
  const ageMs = now.getTime() - changedAt.getTime();
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
export function isUnseenRequest(thread: StoredThread, card: StoredCard): boolean {
  return (thread.cardRequestRevision ?? -1) > card.syncedRevision;
}

/** Whether the customer wrote after what the card last showed, which brings a deleted card back. */
export function hasWrittenSince(thread: StoredThread, card: StoredCard): boolean {
  return (
    thread.lastInboundAt !== undefined && thread.lastInboundAt.getTime() !== card.syncedInboundAt?.getTime()
  );
}

export async function addCard(
  thread: StoredThread,
  destination: string,
  gen: number,
  now: Date,
  known: Partial<StoredCard> = {},
): Promise<void> {
  await ignoringDuplicate(() =>
    Card.create({
      _id: `${thread._id.toHexString()}:${destination}:${gen}`,
      threadId: thread._id,
      destinationId: destination,
      gen,
      state: "new",
      wantedRevision: thread.revision ?? 0,
      dueAt: now,
      ...known,
    }),
  );
}

async function want(card: StoredCard, thread: StoredThread, now: Date): Promise<boolean> {
  // A first post goes at once; one of unknown outcome keeps its pause.
  const soon = { live: new Date(now.getTime() + COALESCE_MS), new: now }[card.state as "live" | "new"];
  const dueAt = card.state === "posting" ? { $ifNull: ["$dueAt", now] } : { $min: ["$dueAt", soon] };
  const wanted = await Card.updateOne(
    { _id: card._id, state: card.state },
    [{ $set: { wantedRevision: { $max: ["$wantedRevision", thread.revision ?? 0] }, dueAt } }],
    { updatePipeline: true },
  );
  return wanted.matchedCount === 1;
}

/** Retries a card that was given up, since the ticket changed; with new attempts if a person asked for it. */
async function revive(
  card: StoredCard,
  thread: StoredThread,
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
        attempts: 0,
        failingSince: null,
        withoutCustomerText: false,
        ...(isRequestedNow ? { uncertainPostsMax: card.uncertainPosts + UNCERTAIN_POSTS_MAX } : {}),
      },
    },
  );
  return revived.matchedCount === 1;
}

async function adopt(left: StoredCard, thread: StoredThread, gen: number, now: Date): Promise<void> {
  const { messageId, channelId, postedAt, syncedInboundAt } = left;
  const known = { state: "live" as const, messageId, channelId, postedAt, syncedInboundAt };
  await addCard(thread, left.destinationId, gen, now, known);
  await Card.updateOne({ _id: left._id }, { $set: { messageId: null } });
}
