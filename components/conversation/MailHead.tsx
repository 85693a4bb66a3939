"use client";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { Avatar, CustomerAvatar } from "@/components/ui/Avatar";
import { Chip } from "@/components/ui/Chip";
import type { DeliveryState, Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { AddressLine } from "./AddressLine";
import { currentNotices } from "./current-notices";
import { DeliveryMark } from "./DeliveryMark";
import { isOurs, standingOf, writerName, type People } from "./people";
import type { ReplyNews } from "./reply-news";
import { SenderCheck } from "./SenderCheck";

type Props = { message: TicketMessage; news: ReplyNews; ticket: Ticket; people: People };

/** Who wrote a mail and to whom, what is known about the sender, the delivery and the time. */
export function MailHead({ message, news, ticket, people }: Props) {
  const name = writerName(message, useMember().id);
  const standing = standingOf(message, people);
  const { authorId, authorName, direction, undelivered } = message;
  const state = markedState(message, news);
  return (
    <header className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-2.5 gap-y-0.5">
      <span className="row-span-2 grid">
        {isOurs(message) ? (
          <Avatar member={{ id: authorId ?? "", name: authorName ?? name }} size="l" />
        ) : (
          <CustomerAvatar name={name} size="l" />
        )}
      </span>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2">
        <b dir="auto" className="min-w-0 truncate font-semibold">
          {name}
        </b>
        {isOurs(message) && direction === "inbound" && <span className="text-small text-ink-3">by mail</span>}
        {message.via && (
          <span className="min-w-0 text-small wrap-anywhere text-ink-3">
            via <bdi>{message.via}</bdi>
          </span>
        )}
        {!isOurs(message) && <SenderCheck message={message} />}
        {standing && (
          <Chip tone="outside">{standing === "new" ? "New here, not addressed" : "Not addressed"}</Chip>
        )}
        {message.automatic && <Chip>Automatic</Chip>}
      </div>
      <p className="flex flex-none flex-wrap items-center justify-end gap-x-4 max-md:flex-col max-md:items-end">
        {state && direction === "outbound" && (
          <DeliveryMark state={state} isPartial={undelivered.length > 0} />
        )}
        <ClockTime at={message.sentAt} className="text-small/5 text-ink-3" />
      </p>
      <div className="col-span-2">
        <AddressLine message={message} ticket={ticket} people={people} />
      </div>
    </header>
  );
}

/** The state that its mark shows: also if only some of its mails came back or are delayed. */
function markedState(message: TicketMessage, { notices }: ReplyNews): DeliveryState | "delayed" | null {
  const kinds = currentNotices(notices, message).map(({ notice }) => notice.kind);
  if (kinds.includes("came_back")) return "came_back";
  return message.state === "sent" && kinds.includes("delayed") ? "delayed" : message.state;
}
