import "server-only";
import type { Types } from "mongoose";
import { Card, type StoredCard } from "@/models/CardModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { CardSummary } from "@/lib/api/vocabulary";

/** The newest card of a ticket, read from the primary; null if it never had one. */
export async function findNewestCard(threadId: Types.ObjectId): Promise<StoredCard | null> {
  return Card.findOne({ threadId }).sort({ gen: -1 }).read("primary").lean<StoredCard>();
}

/**
 * Whether somebody asked for the card after it was last told to change. A request is a revision of the thread, so it
 * is granted once, by the worker that comes first.
 */
export function isRequested(
  thread: Pick<StoredThread, "cardRequestRevision">,
  card: StoredCard | null,
): boolean {
  return (thread.cardRequestRevision ?? -1) > (card?.wantedRevision ?? -1);
}

/** The state of the card. A card that was asked for is pending at once, before any worker has seen the request. */
export function summariseCard(thread: StoredThread, card: StoredCard): CardSummary {
  const { lastError } = card;
  if (isRequested(thread, card)) return { state: "pending", lastError: null };
  if (card.state === "gone") return { state: "gone", lastError };
  if (card.state === "dead") return { state: "failed", lastError };
  const isSynced = card.state === "live" && card.syncedRevision >= (thread.revision ?? 0);
  return { state: isSynced ? "synced" : "pending", lastError };
}
