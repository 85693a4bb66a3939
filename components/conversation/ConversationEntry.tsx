import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { DeclinedRow } from "./DeclinedRow";
import { MessageCard } from "./MessageCard";
import { NoticeRow } from "./NoticeRow";
import type { People } from "./people";
import { ReactionLine } from "./Reactions";
import type { ReplyNews } from "./reply-news";

type Props = {
  message: TicketMessage;
  news: ReplyNews;
  ticket: Ticket;
  people: People;
  refresh: () => Promise<unknown>;
  isLetter?: boolean;
};

/** A message in its place: a mail's card, or a small row for a notice or a reaction whose reply is not shown. */
export function ConversationEntry({ message, ...rest }: Props) {
  if (message.declined) return <DeclinedRow message={message} declined={message.declined} />;
  if (message.notice) return <NoticeRow message={message} notice={message.notice} />;
  if (message.reaction) return <ReactionLine message={message} />;
  return <MessageCard message={message} {...rest} />;
}

/** True for a message that has a card. */
export function isCard({ notice, declined, reaction }: TicketMessage): boolean {
  return notice === null && declined === null && reaction === null;
}
