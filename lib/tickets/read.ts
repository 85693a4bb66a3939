import "server-only";
import { cache } from "react";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { fail, ok, type Result } from "@/lib/result";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { findNewestCard, summariseCard } from "./card-summary";
import { ThreadId, type TicketDetailResponse } from "@/lib/api/contracts";
import { toHistoryLine, toMessage, toTicket } from "./present";
import type { FailureOf } from "@/lib/api/refusals";
import { findStoredThread } from "./transition";

/** Most messages a ticket page shows: the newest. */
const MESSAGES_MAX = 200;

/** One ticket with its conversation, oldest first, and its history. */
export async function readTicket(
  threadId: ThreadId,
): Promise<Result<TicketDetailResponse, FailureOf<"not_found">>> {
  const thread = await findStoredThread(threadId);
  if (!thread) return fail({ reason: "not_found" });

  const [messages, events, card] = await Promise.all([
    EmailMessage.find({ threadId: thread._id })
      .sort({ at: -1, _id: -1 })
      .limit(MESSAGES_MAX)
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredMessage[]>(),
    TicketEvent.find({ threadId: thread._id })
      .sort({ revision: -1 })
      .limit(MESSAGES_MAX)
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredTicketEvent[]>(),
    findNewestCard(thread._id),
  ]);

  // A line is in the thread, among the copied events, or for a while in both.
  const lines = new Map([...events, ...(thread.history ?? [])].map((line) => [line.revision, line]));
  return ok({
    ticket: toTicket(thread, card && summariseCard(thread, card)),
    messages: messages.reverse().map(toMessage),
    history: [...lines.values()].sort((a, b) => a.revision - b.revision).map(toHistoryLine),
  });
}

/** The ticket of a page's address, read once per render; null if the address has no valid id or no such ticket. */
export const openTicket = cache(async (id: string): Promise<TicketDetailResponse | null> => {
  const threadId = ThreadId.safeParse(id);
  const found = threadId.success && (await readTicket(threadId.data));
  return found && found.ok ? found.value : null;
});
