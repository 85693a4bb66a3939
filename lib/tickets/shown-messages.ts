import "server-only";
import type { QueryFilter } from "mongoose";
import type { ContentId, MessageTextResponse } from "@/lib/api/contracts";
import type { TicketMessage } from "@/lib/api/vocabulary";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { readPage } from "@/lib/store/keyset";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { MESSAGE_FIELDS, toMessage, type ShownMessage } from "./present";

/** Most bytes of an answer with messages, as JSON. */
export const ANSWER_MAX_BYTES = 1_000_000;
/** Most characters of a text that an answer has; the rest comes on request. */
const TEXT_SHOWN_MAX = 32 * 1024;
/** Messages read at once: enough for most tickets, and few enough that hostile ones are a few MB. */
const BATCH = 25;

const whole = (field: "$text" | "$visibleText" | "$html") => ({ $ifNull: [field, ""] });
const beginning = (field: "$text" | "$visibleText") => ({ $substrCP: [whole(field), 0, TEXT_SHOWN_MAX] });

/** The fields of `ShownMessage`. The database cuts the texts, so that a long one never leaves it. */
const SHOWN_FIELDS = {
  ...Object.fromEntries(MESSAGE_FIELDS.map((field) => [field, 1])),
  text: beginning("$text"),
  visibleText: { $cond: [{ $eq: ["$visibleText", "$text"] }, "", beginning("$visibleText")] },
  textBytes: { $strLenBytes: whole("$text") },
  hasHtml: { $ne: [whole("$html"), ""] },
};

type Room = { countMax: number; bytesMax: number; cursor?: string | undefined };

/**
 * The newest messages that match, oldest first: as many as fit into `bytesMax` bytes of JSON, at most `countMax`, at
 * least one. `olderCursor` leads to the next older ones; null if there are none. Reads newest first in small batches,
 * and so little more than it returns.
 */
export async function readMessages(
  filter: QueryFilter<StoredMessage>,
  { countMax, bytesMax, cursor }: Room,
): Promise<{ messages: TicketMessage[]; olderCursor: string | null }> {
  const messages: TicketMessage[] = [];
  let bytesLeft = bytesMax;
  let next: string | null | undefined = cursor;
  do {
    const page: { rows: ShownMessage[]; nextCursor: string | null } = await readPage(
      EmailMessage,
      { filter, fields: SHOWN_FIELDS, order: { field: "at", direction: -1 } },
      { cursor: next, limit: Math.min(BATCH, countMax - messages.length) },
    );
    for (const row of page.rows) {
      const message = toMessage(row);
      bytesLeft -= bytesInList(message);
      if (bytesLeft < 0 && messages.length > 0)
        return { messages: messages.reverse(), olderCursor: next ?? null };
      messages.push(message);
      next = `${row.at.getTime()}-${row._id}`;
    }
    next = page.nextCursor;
  } while (next !== null && messages.length < countMax);
  return { messages: messages.reverse(), olderCursor: next };
}

/** The bytes that `item` adds to a list in JSON. */
export function bytesInList(item: unknown): number {
  return Buffer.byteLength(JSON.stringify(item)) + 1;
}

/** The whole text of a message; null if there is no such message. */
export async function readWholeText(messageId: ContentId): Promise<MessageTextResponse | null> {
  const message = await EmailMessage.findById(messageId)
    .select({ text: 1, visibleText: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "text" | "visibleText">>();
  if (!message) return null;
  const { text, visibleText } = message;
  return { text, visibleText: visibleText === text ? "" : visibleText };
}
