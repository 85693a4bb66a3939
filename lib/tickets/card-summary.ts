import "server-only";
import type { Types } from "mongoose";
import { isRequested } from "./card-requested";
import { Card, type StoredCard } from "@/models/CardModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { CardSummary } from "@/lib/api/vocabulary";

/** The card that counts for a ticket, from the primary, or null where it never had one. */
export async function findNewestCard(threadId: Types.ObjectId): Promise<StoredCard | null> {
  return Card.findOne({ threadId }).sort({ gen: -1 }).read("primary").lean<StoredCard>();
}

/** How the card stands. One that was asked for is pending from that moment on, before any worker has seen it. */
export function summariseCard(thread: StoredThread, card: StoredCard): CardSummary {
  const { lastError } = card;
  if (isRequested(thread, card)) return { state: "pending", lastError: null };
  if (card.state === "gone") return { state: "gone", lastError };
  if (card.state === "dead") return { state: "failed", lastError };
  const isSynced = card.state === "live" && card.syncedRevision >= (thread.revision ?? 0);
  return { state: isSynced ? "synced" : "pending", lastError };
}
