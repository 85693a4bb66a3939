"use client";
import { useState } from "react";
import { useMember } from "@/components/client/Member";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { SentenceTime } from "@/components/ui/SentenceTime";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { Attachments } from "./Attachments";
import { DeliveryFoot } from "./DeliveryFoot";
import { FormattedMail } from "./FormattedMail";
import { ForwardOffer } from "./ForwardOffer";
import { MailHead } from "./MailHead";
import { MessageText } from "./MessageText";
import { ParseProblem } from "./ParseProblem";
import { isOurs, writerName, type People } from "./people";
import { Reactions } from "./Reactions";
import { NO_NEWS, type ReplyNews } from "./reply-news";

type Props = {
  message: TicketMessage;
  /** Of a reply: the notices about it, and the reactions to it. */
  news?: ReplyNews;
  ticket: Ticket;
  people: People;
  refresh: () => Promise<unknown>;
  /** On a phone a customer's mail has no border. */
  isLetter?: boolean;
};

/** One mail of the conversation. A colleague's mail looks like a reply. */
export function MessageCard({ message, news = NO_NEWS, ticket, people, refresh, isLetter = false }: Props) {
  const name = writerName(message, useMember().id);
  const isReply = message.direction === "outbound";
  const isTeam = isOurs(message);
  const { forwardedFrom } = message;
  return (
    <article
      aria-label={`${isReply ? "Reply by" : "Mail from"} ${name}`}
      data-letter={(isLetter && !isTeam) || undefined}
      className={classNames(
        "rounded-card md:border md:px-5 md:py-4",
        isTeam ? "border-ours-line bg-ours" : "border-line bg-surface",
        (isTeam || !isLetter) && "max-md:border max-md:px-4 max-md:py-4",
      )}
    >
      <MailHead message={message} news={news} ticket={ticket} people={people} />
      <div
        className={classNames(
          "mt-2 text-read md:pl-[38px]",
          isLetter && "max-md:mt-3 max-md:text-[15px]/[23px]",
        )}
      >
        <ParseProblem message={message} />
        <MessageBody message={message} name={name} />
        <Attachments messageId={message._id} attachments={message.attachments} />
      </div>
      <ForwardOffer sender={forwardedFrom} ticket={ticket} isOurs={isTeam} refresh={refresh} />
      <Reactions reactions={news.reactions} />
      {isReply && (
        <DeliveryFoot message={message} news={news} ticket={ticket} people={people} refresh={refresh} />
      )}
    </article>
  );
}

/** The text, or the mail in its own layout once that is asked for. */
function MessageBody({ message, name }: { message: TicketMessage; name: string }) {
  const [isFormatted, setIsFormatted] = useState(false);
  return (
    <>
      {isFormatted && message.hasHtml ? (
        <FormattedMail messageId={message._id} from={name} />
      ) : (
        <MessageWords message={message} />
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
    </>
  );
}

function MessageWords({ message }: { message: TicketMessage }) {
  if (!message.emptiedAt) return <MessageText message={message} />;
  return (
    <p className="text-ink-3">
      Text and files were removed <SentenceTime at={message.emptiedAt} /> for privacy.
    </p>
  );
}
