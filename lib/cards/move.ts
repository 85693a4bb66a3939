import "server-only";
import { renderMovedCard } from "@/lib/discord/render";
import { crashPoint } from "@/lib/process/crash-point";
import { trusted } from "@/lib/store/db";
import type { Leased } from "@/lib/store/queue/queue";
import { Card, type StoredCard } from "@/models/CardModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { settleCard } from "./card-lease";
import { later } from "./consequence";
import { hashOfCard } from "./facts";
import { addNextCard } from "./mark-due";

/** So many newer posts push a card off a phone's screen. */
const NEWER_POSTS_MIN = 3;
/** People talk between the posts, which the desk cannot see: after an hour a card counts as out of sight. */
const IN_SIGHT_MAX_MS = 3_600_000;
/**
 * One ticket moves at most once in this time, in milliseconds. Its first post counts for nothing: it told of the first
 * mail.
 */
const TICKET_PAUSE_MS = 10 * 60_000;
/** One channel has at most this many moves in a minute. */
const MOVES_PER_MINUTE_MAX = 10;
const MINUTE_MS = 60_000;
/** A moved card whose next one may be in the channel looks again after this, in milliseconds. */
const LOOK_AGAIN_MS = 30_000;

/**
 * Whether the card's ticket should get a new message at the end of the channel: it needs attention, which it did not
 * when the card last showed it, and the card is not among the channel's last messages. Within the limits for one ticket
 * and one channel; beyond them the card is edited where it stands.
 */
export async function shouldMove(card: StoredCard, thread: StoredThread, now: Date): Promise<boolean> {
  if (card.state !== "live" || card.showsAttention || !thread.attention || thread.emptiedAt) return false;
  if (await isAmongLast(card, now)) return false;
  const { destinationId, threadId } = card;
  const since = (ms: number) => trusted({ $gt: later(now, -ms), $type: "date" as const });
  if (await Card.exists({ threadId, destinationId, movedAt: since(TICKET_PAUSE_MS) })) return false;
  const lately = { destinationId, movedAt: since(MINUTE_MS) };
  return (await Card.countDocuments(lately, { limit: MOVES_PER_MINUTE_MAX })) < MOVES_PER_MINUTE_MAX;
}

function isYounger({ postedAt }: StoredCard, thanMs: number, now: Date): boolean {
  return postedAt !== null && now.getTime() - postedAt.getTime() < thanMs;
}

async function isAmongLast(card: StoredCard, now: Date): Promise<boolean> {
  if (!isYounger(card, IN_SIGHT_MAX_MS, now)) return false;
  const newer = {
    destinationId: card.destinationId,
    postedAt: trusted({ $gt: card.postedAt, $type: "date" as const }),
    messageId: trusted({ $ne: null }), // deleted ones push nothing
  };
  return (await Card.countDocuments(newer, { limit: NEWER_POSTS_MIN })) < NEWER_POSTS_MIN;
}

/**
 * Lets the ticket's next card take the place of this one. The decision is this card's own write, under its lease: of two
 * workers one moves it, and after a crash the moved card itself sees that the next one is there (`mayShowLine`).
 */
export async function moveCard(leased: Leased<StoredCard>, thread: StoredThread, at: Date): Promise<void> {
  const moved: Partial<StoredCard> = {
    state: "moved",
    movedAt: at,
    syncedHash: null,
    attempts: 0,
    failingSince: null,
    lastError: null,
  };
  if (!(await settleCard(leased, moved, { dueAt: at }, at))) return;
  if (globalThis.CRASH_POINTS) crashPoint("cards.moved");
  // Read again: nobody changes what a moved card was told to show.
  const stored = await Card.findById(leased.row._id).read("primary").lean<StoredCard>();
  if (stored?.state === "moved") await addNextCard(stored, thread, at);
  if (globalThis.CRASH_POINTS) crashPoint("cards.move-added");
}

/**
 * Whether the message of a moved card may become the short line: only once the ticket's next card is in the channel.
 * Otherwise the leased card waits until that is about to be posted.
 */
export async function mayShowLine(
  leased: Leased<StoredCard>,
  thread: StoredThread,
  at: Date,
): Promise<boolean> {
  const { row } = leased;
  const { threadId, destinationId } = row;
  const newer = await Card.find({ threadId, destinationId, gen: trusted({ $gt: row.gen }) })
    .read("primary")
    .lean<StoredCard[]>();
  if (newer.length === 0) await addNextCard(row, thread, at);
  if (row.messageId !== null && newer.some(({ postedAt }) => postedAt !== null)) return true;
  const isUnclear = row.messageId !== null && newer.some(({ state }) => state === "posting");
  await settleCard(leased, {}, { dueAt: isUnclear ? later(at, LOOK_AGAIN_MS) : null }, at);
  return false;
}

/**
 * Makes the ticket's moved cards due that still stand as cards. Called before their next card is posted, so that none is
 * forgotten by a crash after the post.
 */
export async function wakeMovedCards({ threadId, destinationId, gen }: StoredCard, at: Date): Promise<void> {
  if (gen === 0) return;
  await Card.updateMany(
    {
      threadId,
      destinationId,
      gen: trusted({ $lt: gen }),
      state: "moved",
      messageId: trusted({ $ne: null }),
      syncedHash: trusted({ $ne: hashOfCard(renderMovedCard(threadId.toHexString())) }),
    },
    { $set: { dueAt: at } },
  );
}
