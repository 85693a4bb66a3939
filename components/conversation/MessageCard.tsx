"use client";
import { useState } from "react";
import { useMember } from "@/components/client/Member";
import { ClockTime } from "@/components/ui/Age";
import { Button } from "@/components/ui/Button";
import { Chip } from "@/components/ui/Chip";
import { classNames } from "@/components/ui/class-names";
import { CustomerAvatar, Avatar } from "@/components/ui/Avatar";
import { SentenceTime } from "@/components/ui/SentenceTime";
import { senderName, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";
import { Attachments } from "./Attachments";
import { DeliveryMark } from "./DeliveryMark";
import { DeliverySettlement } from "./DeliverySettlement";
import { FormattedMail } from "./FormattedMail";
import { MessageText } from "./MessageText";
import { ParseProblem } from "./ParseProblem";

type Props = {
  message: TicketMessage;
  ticket: Ticket;
  refresh: () => Promise<unknown>;
  /** On a phone a customer's mail has no border. */
  isLetter?: boolean;
};

/** One mail of the conversation. */
export function MessageCard({ message, ticket, refresh, isLetter = false }: Props) {
  const [isFormatted, setIsFormatted] = useState(false);
  const isOurs = message.direction === "outbound";
  const name = nameOf(message, useMember().id);
  return (
    <article
      aria-label={`${isOurs ? "Reply by" : "Mail from"} ${name}`}
      className={classNames(
        "rounded-card md:border md:px-5 md:py-4",
        isOurs ? "border-ours-line bg-ours" : "border-line bg-surface",
        (isOurs || !isLetter) && "max-md:border max-md:px-4 max-md:py-4",
      )}
    >
      <header className="flex items-center gap-2.5">
        {isOurs ? (
          <Avatar member={{ id: message.authorId ?? "", name: message.authorName ?? name }} size="l" />
        ) : (
          <CustomerAvatar name={name} size="l" />
        )}
        <p className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2">
          <b dir="auto" className="min-w-0 truncate font-semibold">
            {name}
          </b>
          {!isOurs && name !== message.from && (
            <span className="min-w-0 truncate text-small text-ink-3 max-md:w-full">{message.from}</span>
          )}
          {message.automatic && <Chip>Automatic</Chip>}
        </p>
        <p className="flex flex-none flex-wrap items-center justify-end gap-x-4 max-md:flex-col max-md:items-end">
          {message.state && <DeliveryMark state={message.state} />}
          <ClockTime at={message.sentAt} className="text-small text-ink-3" />
        </p>
      </header>
      <div
        className={classNames(
          "mt-2 text-read md:pl-[38px]",
          isLetter && "max-md:mt-3 max-md:text-[15px]/[23px]",
        )}
      >
        {message.cc.length > 0 && (
          <p className="mb-2 text-small wrap-anywhere text-ink-3">Cc {message.cc.join(", ")}</p>
        )}
        <ParseProblem message={message} />
        {isFormatted && message.hasHtml ? (
          <FormattedMail messageId={message._id} from={name} />
        ) : (
          <MessageBody message={message} />
        )}
        {message.hasHtml && (
          <Button
            variant="ghost"
            icon={isFormatted ? "note" : "window"}
            className="mt-2 -ml-2.5 text-small max-md:h-9"
            onClick={() => setIsFormatted(!isFormatted)}
          >
            {isFormatted ? "Show as text" : "Show formatted"}
          </Button>
        )}
        <Attachments messageId={message._id} attachments={message.attachments} />
      </div>
      {isOurs && <DeliverySettlement message={message} ticket={ticket} refresh={refresh} />}
    </article>
  );
}

function MessageBody({ message }: { message: TicketMessage }) {
  if (!message.emptiedAt) return <MessageText message={message} />;
  return (
    <p className="text-ink-3">
      Text and files were removed <SentenceTime at={message.emptiedAt} /> for privacy.
    </p>
  );
}

function nameOf(message: TicketMessage, readerId: string): string {
  if (message.direction === "inbound") return senderName(message);
  return message.authorId === readerId ? "You" : (message.authorName ?? message.from);
}
