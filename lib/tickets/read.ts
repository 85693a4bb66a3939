import "server-only";
import { cache } from "react";
import { fail, ok, type Result } from "@/lib/result";
import { readConversation } from "@/lib/conversation/recipients";
import { findNewestCard, summariseCard } from "./card-summary";
import { ThreadId, type TicketDetailResponse } from "@/lib/api/contracts";
import { readLines } from "./history";
import { toTicket, withOffers } from "./present";
import type { FailureOf } from "@/lib/api/refusals";
import { ANSWER_MAX_BYTES, bytesInList, readMessages } from "./shown-messages";
import { findStoredThread } from "./transition";

/** Most messages and most history lines of one answer. */
const MESSAGES_MAX = 200;
const LINES_MAX = 200;
/** Most bytes of an answer that its history takes, so that messages always have room. */
const HISTORY_MAX_BYTES = 200_000;
/** Bytes of a page's first data: the page has it twice, as what it shows and for its scripts, and takes about 1 MB. */
const RENDERED_MAX_BYTES = 250_000;

/** The cursor of a conversation whose messages, or lines, have all been shown. */
const BEFORE_ALL_MESSAGES = `0-${"0".repeat(64)}`;
const BEFORE_ALL_LINES = 0;

/**
 * One ticket with the newest part of its conversation, oldest first, and of its history; or with the part before
 * `cursor`. The answer takes at most `bytesMax` bytes as JSON, and texts are clipped; `olderCursor` leads to the part
 * before this one, and over all parts each message and each line comes once.
 */
export async function readTicket(
  threadId: ThreadId,
  { cursor, bytesMax = ANSWER_MAX_BYTES }: { cursor?: string | undefined; bytesMax?: number } = {},
): Promise<Result<TicketDetailResponse, FailureOf<"not_found">>> {
  const thread = await findStoredThread(threadId);
  if (!thread) return fail({ reason: "not_found" });

  const { messageCursor, revision } = parseCursor(cursor);
  const [card, { lines, olderRevision }, conversation] = await Promise.all([
    findNewestCard(thread._id),
    readLines(thread, { before: revision, countMax: LINES_MAX, bytesMax: HISTORY_MAX_BYTES }),
    readConversation(thread),
  ]);
  const answer: TicketDetailResponse = {
    ticket: toTicket(thread, card && summariseCard(thread, card)),
    ...conversation,
    messages: [],
    history: lines.toReversed(),
    olderCursor: cursorOf(BEFORE_ALL_MESSAGES, Number.MAX_SAFE_INTEGER),
  };
  const { messages, olderCursor } = await readMessages(
    { threadId: thread._id },
    { cursor: messageCursor, countMax: MESSAGES_MAX, bytesMax: bytesMax - bytesInList(answer) },
  );
  const hasOlder = olderCursor !== null || olderRevision !== null;
  return ok({
    ...answer,
    messages: withOffers(messages, thread),
    olderCursor: hasOlder
      ? cursorOf(olderCursor ?? BEFORE_ALL_MESSAGES, olderRevision ?? BEFORE_ALL_LINES)
      : null,
  });
}

function cursorOf(messageCursor: string, revision: number): string {
  return `${messageCursor}-${revision}`;
}

function parseCursor(cursor: string | undefined): { messageCursor?: string; revision?: number } {
  if (cursor === undefined) return {};
  const end = cursor.lastIndexOf("-");
  return { messageCursor: cursor.slice(0, end), revision: Number(cursor.slice(end + 1)) };
}

/** The ticket of a page's address, read once per render; null if the address has no valid id or no such ticket. */
export const openTicket = cache(async (id: string): Promise<TicketDetailResponse | null> => {
  const threadId = ThreadId.safeParse(id);
  const found = threadId.success && (await readTicket(threadId.data, { bytesMax: RENDERED_MAX_BYTES }));
  return found && found.ok ? found.value : null;
});
