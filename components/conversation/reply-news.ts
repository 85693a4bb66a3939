import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { HistoryLine, TicketMessage } from "@/lib/api/vocabulary";

/** All that is shown at the end of a reply's own card. */
export type ReplyNews = {
  /** The proven ones about this reply, the oldest first. */
  notices: TicketMessage[];
  reactions: TicketMessage[];
  undoneBy: HistoryLine["by"];
};

export const NO_NEWS: ReplyNews = { notices: [], reactions: [], undoneBy: null };

type Arranged = {
  /** The messages that stand in the conversation by themselves. */
  shown: TicketMessage[];
  newsOf: (messageId: string) => ReplyNews;
};

/** Puts proven notices and reactions to the replies that they are about, if these are loaded. */
export function arranged({
  messages,
  history,
}: Pick<TicketDetailResponse, "messages" | "history">): Arranged {
  const replies = new Set(messages.filter(({ direction }) => direction === "outbound").map(({ _id }) => _id));
  const isOfCard = (message: TicketMessage) => replies.has(replyOf(message) ?? "");
  const told = Map.groupBy(messages.filter(isOfCard), replyOf);
  const isUndoing = (line: HistoryLine, messageId: string) =>
    line.action === "undo" && line.messageId === messageId;
  return {
    shown: messages.filter((message) => !isOfCard(message)),
    newsOf: (messageId) => {
      const news = told.get(messageId) ?? [];
      return {
        notices: news.filter(({ notice }) => notice !== null),
        reactions: news.filter(({ notice }) => notice === null),
        undoneBy: history.findLast((line) => isUndoing(line, messageId))?.by ?? null,
      };
    },
  };
}

/** The reply that a message tells about for certain; null for every other message. */
function replyOf({ notice, reaction }: TicketMessage): string | null {
  if (notice) return notice.isProven ? notice.replyId : null;
  return reaction?.replyId ?? null;
}
