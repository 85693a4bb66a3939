import "server-only";
import { Types } from "mongoose";
import type { LiveDelivery, LiveRow } from "@/lib/api/contracts";
import type { LiveReads } from "@/lib/live/board";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { Card, type StoredCard } from "@/models/CardModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { summariseCard } from "./card-summary";
import { countForAll, countOwn } from "./list";
import { SUMMARY_FIELDS, toHistoryLine, toTicket } from "./present";

/** Newest lines of history that come with a changed ticket: as many as one ticket gets between two reads. */
const LINES = 5;

const TICKET_FIELDS = [
  ...SUMMARY_FIELDS,
  "to",
  "inbox",
  "firstClaimedAt",
  "firstRepliedAt",
  "resolvedAt",
  "recipientsRevision",
  "cardRequestRevision",
] satisfies (keyof StoredThread)[];
const ROW_FIELDS = {
  ...Object.fromEntries(TICKET_FIELDS.map((field) => [field, 1])),
  history: { $slice: -LINES },
};
const CARD_FIELDS = { threadId: 1, state: 1, syncedRevision: 1, wantedRevision: 1, lastError: 1 };

/** What the live stream reads of tickets: few commands, however many windows there are. */
export const LIVE_READS: LiveReads = {
  rows: readRows,
  deliveries: readDeliveries,
  counts: countForAll,
  mine: countOwn,
};

async function readRows(threadIds: string[]): Promise<LiveRow[]> {
  const ids = trusted({ $in: threadIds.map((id) => new Types.ObjectId(id)) });
  const [threads, cards] = await Promise.all([
    EmailThread.find({ _id: ids, mergedInto: null }, ROW_FIELDS)
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredThread[]>(),
    Card.find({ threadId: ids }, CARD_FIELDS)
      .sort({ threadId: 1, gen: 1 })
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredCard[]>(),
  ]);
  const newestCards = new Map(cards.map((card) => [card.threadId.toHexString(), card]));
  return threads.map((thread) => {
    const card = newestCards.get(thread._id.toHexString());
    return {
      ticket: toTicket(thread, card ? summariseCard(thread, card) : null),
      lines: (thread.history ?? []).map(toHistoryLine),
    };
  });
}

async function readDeliveries(messageIds: string[]): Promise<LiveDelivery[]> {
  const messages = await EmailMessage.find(
    { _id: trusted({ $in: messageIds }) },
    { threadId: 1, state: 1, lastError: 1, undelivered: 1, at: 1, sentAt: 1 },
  )
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMessage[]>();
  return messages.map(({ _id, threadId, state, lastError, undelivered, at, sentAt }) => ({
    _id,
    threadId: threadId.toHexString(),
    state,
    lastError,
    undelivered: (undelivered ?? []).map(({ address, detail }) => ({ address, detail })),
    sentAt: (sentAt ?? at).toISOString(),
  }));
}
