import type { TicketDetailResponse } from "@/lib/api/contracts";
import { senderName, type HistoryLine, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";
import { HistoryEntry } from "./HistoryEntry";
import { MessageCard } from "./MessageCard";
import { writerName } from "./people";
import { buildTimeline } from "./timeline";

type Props = {
  detail: TicketDetailResponse;
  refresh: () => Promise<unknown>;
};

/** The mails of `detail` and the history between them, oldest first. */
export function Conversation({ detail, refresh }: Props) {
  const { ticket, messages, history } = detail;
  const shown = messages.length > 0 ? messages : [excerptAsMessage(ticket)];
  return (
    <ol aria-label="Conversation">
      {buildTimeline(shown, history).map((item) =>
        item.kind === "message" ? (
          <li key={item.key} data-message className="[[data-message]+&]:mt-3">
            <MessageCard message={item.message} ticket={ticket} people={detail} refresh={refresh} />
          </li>
        ) : (
          <HistoryEntry
            key={item.key}
            line={item.line}
            writer={writerOf(item.line, shown) ?? senderName(ticket)}
          />
        ),
      )}
    </ol>
  );
}

/** Who wrote the mail that a history line is about; null if it is not shown. */
function writerOf({ messageId }: HistoryLine, messages: TicketMessage[]): string | null {
  const message = messages.find(({ _id }) => _id === messageId);
  return message ? writerName(message, "") : null;
}

/** A message made of the excerpt, for threads that are older than stored messages. */
export function excerptAsMessage(ticket: Ticket): TicketMessage {
  return {
    _id: ticket._id,
    rfcMessageId: null,
    direction: "inbound",
    notice: null,
    reaction: null,
    automatic: false,
    from: ticket.from,
    fromName: ticket.fromName,
    via: null,
    verification: "unchecked",
    isNewcomer: false,
    forwardedFrom: null,
    undelivered: [],
    replyTo: null,
    to: [ticket.to],
    cc: [],
    subject: ticket.subject,
    text: ticket.excerpt,
    visibleText: "",
    isClipped: false,
    textBytes: 0,
    hasHtml: false,
    attachments: [],
    authorId: null,
    authorName: null,
    state: null,
    lastError: null,
    sentAt: ticket.receivedAt,
    ledgerId: null,
    parseProblem: null,
    emptiedAt: null,
  };
}
