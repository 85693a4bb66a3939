import type { TicketDetailResponse } from "@/lib/api/contracts";
import {
  senderName,
  type HistoryLine,
  type Notice,
  type Ticket,
  type TicketMessage,
} from "@/lib/api/vocabulary";
import { HistoryEntry } from "./HistoryEntry";
import { ConversationEntry, isCard } from "./ConversationEntry";
import { writerName } from "./people";
import { arranged } from "./reply-news";
import { buildTimeline } from "./timeline";

type Props = {
  detail: TicketDetailResponse;
  refresh: () => Promise<unknown>;
};

/** The mails of `detail` and the history between them, oldest first. */
export function Conversation({ detail, refresh }: Props) {
  const { ticket, messages, history } = detail;
  const { shown: own, newsOf } = arranged(detail);
  const shown = messages.length > 0 ? own : [excerptAsMessage(ticket)];
  return (
    <ol aria-label="Conversation">
      {buildTimeline(shown, history).map((item) =>
        item.kind === "message" ? (
          <li
            key={item.key}
            data-message={isCard(item.message) || undefined}
            className="[[data-message]+&[data-message]]:mt-3"
          >
            <ConversationEntry
              message={item.message}
              news={newsOf(item.message._id)}
              ticket={ticket}
              people={detail}
              refresh={refresh}
            />
          </li>
        ) : (
          <HistoryEntry
            key={item.key}
            line={item.line}
            writer={writerOf(item.line, messages) ?? senderName(ticket)}
            notice={noticeOf(item.line, messages)}
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

/** The kind of the notice that was filed with a history line about a reply; null if it is not known. */
function noticeOf({ messageId, at }: HistoryLine, messages: TicketMessage[]): Notice["kind"] | null {
  const distance = ({ sentAt }: TicketMessage) => Math.abs(Date.parse(sentAt) - Date.parse(at));
  const [nearest] = messages
    .filter(({ _id, notice }) => notice && messageId && [notice.replyId, _id].includes(messageId))
    .toSorted((one, other) => distance(one) - distance(other));
  return nearest?.notice?.kind ?? null;
}

/** A message made of the excerpt, for threads that are older than stored messages. */
export function excerptAsMessage(ticket: Ticket): TicketMessage {
  return {
    _id: ticket._id,
    rfcMessageId: null,
    direction: "inbound",
    notice: null,
    declined: null,
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
