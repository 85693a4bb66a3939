import type { HistoryLine, Notice, TicketMessage } from "@/lib/api/vocabulary";
import type { About } from "./line-sentence";
import { writerName } from "./people";

/** Finds for each of `lines` what the messages on the page tell of it. */
export function factsFrom(
  messages: TicketMessage[],
  lines: HistoryLine[],
  readerId: string,
): (line: HistoryLine) => About {
  const shown = new Map(messages.map((message) => [message._id, message]));
  const notices = noticesOf(messages, lines);
  return ({ messageId, revision }) => {
    const message = shown.get(messageId ?? "");
    return {
      writer: message ? writerName(message, readerId) : null,
      notice: notices.get(revision) ?? null,
      isReplyShown: message?.direction === "outbound",
    };
  };
}

/**
 * The kind of the notice that was filed with a line, by the line's revision. A line names its reply alone, so each notice
 * goes to the nearest line about that reply: both were written at once.
 */
function noticesOf(messages: TicketMessage[], lines: HistoryLine[]): Map<number, Notice["kind"]> {
  const settled = lines.filter(({ kind, by }) => kind === "delivery_settled" && !by);
  const kinds = new Map<number, Notice["kind"]>();
  for (const { notice, direction, sentAt } of messages) {
    if (!notice || direction !== "notice" || notice.kind === "delayed" || notice.kind === "undone") continue;
    const distance = ({ at }: HistoryLine) => Math.abs(Date.parse(at) - Date.parse(sentAt));
    const [nearest] = settled
      .filter(({ messageId }) => messageId === notice.replyId)
      .toSorted((one, other) => distance(one) - distance(other));
    if (nearest) kinds.set(nearest.revision, notice.kind);
  }
  return kinds;
}
