import type { LiveEvents, LiveDelivery, LiveRow, TicketDetailResponse } from "@/lib/api/contracts";
import type { HistoryKind, HistoryLine } from "@/lib/api/vocabulary";

/** Lines that come with another change than those of the ticket itself and of a delivery's state: messages, or people. */
const OF_MORE: readonly HistoryKind[] = [
  "received",
  "customer_replied",
  "replied",
  "came_back",
  "delayed",
  "declined",
  "participants_changed",
  "bodies_removed",
  "customer_erased",
];

/**
 * The ticket of a page after changes, with their lines of history and states of deliveries; null if it has to be read
 * again, since messages came, the recipients changed, or a line is missing. An older revision changes nothing. Pure.
 */
export function patchTicket(
  detail: TicketDetailResponse,
  { rows, gone, messages, deliveries }: LiveEvents["rows"],
): TicketDetailResponse | null {
  const { _id } = detail.ticket;
  if (gone.includes(_id)) return null;
  const row = rows.find(({ ticket }) => ticket._id === _id);
  const isNews = !row || row.ticket.revision > detail.ticket.revision;
  if (isNews && messages.includes(_id)) return null;
  const patched = row ? withRow(detail, row) : detail;
  const own = deliveries.filter(({ threadId }) => threadId === _id);
  return patched && own.length > 0 ? withDeliveries(patched, own) : patched;
}

function withRow(detail: TicketDetailResponse, { ticket, lines }: LiveRow): TicketDetailResponse | null {
  const { revision } = detail.ticket;
  if (ticket.revision < revision) return detail;
  const news = lines.filter((line) => line.revision > revision);
  const isWhole = news.length === ticket.revision - revision;
  // The row names no recipients, and theirs must never stand beside a revision that is not theirs.
  if (ticket.recipientsRevision !== detail.recipientsRevision) return null;
  if (!isWhole || news.some(({ kind }) => OF_MORE.includes(kind))) return null;
  if (!hasNewest(detail, ticket)) return null;
  return { ...detail, ticket, history: [...detail.history, ...news] satisfies HistoryLine[] };
}

/** False if the row tells of a message that came since: a notice has no kind of line for itself. */
function hasNewest({ ticket, messages }: TicketDetailResponse, row: LiveRow["ticket"]): boolean {
  const isOther = row.lastMessageId !== null && row.lastMessageId !== ticket.lastMessageId;
  if (isOther && !messages.some(({ _id }) => _id === row.lastMessageId)) return false;
  return row.messageCount <= ticket.messageCount;
}

/** A message that is not shown stays so: it is in an earlier part. */
function withDeliveries(detail: TicketDetailResponse, deliveries: LiveDelivery[]): TicketDetailResponse {
  const states = new Map(deliveries.map(({ threadId: _, ...state }) => [state._id, state]));
  return {
    ...detail,
    messages: detail.messages.map((message) => ({ ...message, ...states.get(message._id) })),
  };
}
