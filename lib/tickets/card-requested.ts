import "server-only";
import type { StoredCard } from "@/models/CardModel";
import type { StoredThread } from "@/models/EmailThreadModel";

// A person's wish for the card is a revision of its thread. What has been done about it can be read off the card, so
// each wish is granted once, by whichever worker comes first, and never again.

/** Whether somebody has asked for the card since it was last told to show anything. */
export function isRequested(thread: StoredThread, card: StoredCard | null): boolean {
  return (thread.cardRequestRevision ?? -1) > (card?.wantedRevision ?? -1);
}

/** Whether somebody has asked for the card since it last showed anything, so a message that is gone is posted anew. */
export function isUnseenRequest(thread: StoredThread, card: StoredCard): boolean {
  return (thread.cardRequestRevision ?? -1) > card.syncedRevision;
}
