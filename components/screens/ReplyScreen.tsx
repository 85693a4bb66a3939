"use client";
import { useState } from "react";
import { SWRConfig } from "swr";
import { AttentionStrip } from "@/components/conversation/AttentionStrip";
import { excerptAsMessage } from "@/components/conversation/Conversation";
import { ConversationEntry, isCard } from "@/components/conversation/ConversationEntry";
import { isOurs } from "@/components/conversation/people";
import { arranged } from "@/components/conversation/reply-news";
import { ShowEarlier } from "@/components/conversation/ShowEarlier";
import { OwnerLine } from "@/components/conversation/OwnerLine";
import { useTicket } from "@/components/conversation/use-ticket";
import { ReplyForm } from "@/components/ReplyForm";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { LiveChip } from "@/components/client/LiveChip";
import { useMember } from "@/components/client/Member";
import { pageHref, ticketHref } from "@/components/tickets/ticket-paths";
import { Button } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { Icon } from "@/components/ui/Icon";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { Ticket } from "@/lib/api/vocabulary";
import { PageLink } from "@/components/ui/PageLink";

/** `readAt`: the server's time before it read the ticket, ISO 8601. */
type Props = { rendered: TicketDetailResponse; readAt?: string };

/** The page that the link of a card leads to: the newest mail, and the reply form under the thumb. */
export function ReplyScreen(props: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <Screen {...props} />
    </SWRConfig>
  );
}

function Screen({ rendered, readAt }: Props) {
  const member = useMember();
  const { earlier, refresh, ...detail } = useTicket(rendered, readAt);
  const { ticket, messages } = detail;
  const [hasEarlier, setHasEarlier] = useState(false);
  const { shown: own, newsOf } = arranged(detail);
  const shown = messages.length > 0 ? own : [excerptAsMessage(ticket)];
  const lastReceived = shown.findLastIndex(
    (message) => isCard(message) && !isOurs(message) && !message.automatic,
  );
  const folded = shown.slice(0, Math.max(lastReceived, 0)).length;
  const current = hasEarlier ? shown : shown.slice(folded);

  function showEarlier() {
    setHasEarlier(true); // or they would come folded
    return earlier.show();
  }

  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-180 flex-col bg-surface md:my-8 md:min-h-0 md:rounded-sheet md:border md:border-line md:py-3 md:shadow-composer">
      <header className="flex h-13 flex-none items-center gap-2 pr-4 pl-1 md:px-3 md:pr-6">
        <PageLink
          href={pageHref("mine")}
          aria-label="Back to Mine"
          className="grid size-11 place-items-center rounded-control text-ink-2 hover:bg-hover"
        >
          <Icon name="left" />
        </PageLink>
        <span className="font-mono text-small text-ink-3">{ticket.reference}</span>
        <PageLink
          href={ticketHref(ticket._id)}
          className="ml-auto inline-flex h-11 items-center px-2 text-small font-medium text-mine hover:underline"
        >
          Full ticket
        </PageLink>
        <LiveChip className="px-0" />
      </header>
      <h1
        dir="auto"
        className="px-4 text-[18px]/6 font-semibold tracking-[-.012em] text-pretty wrap-anywhere md:px-6 md:text-subject"
      >
        {ticket.subject || "No subject"}
      </h1>
      <div
        className={classNames(
          "mx-4 mt-3 mb-4 flex items-center rounded-control px-3 py-[9px] text-ink-2 md:mx-6",
          toneOf(ticket, member.id),
        )}
      >
        <OwnerLine ticket={ticket} />
      </div>
      <div className="not-empty:mb-4">
        <AttentionStrip ticket={ticket} messages={messages} refresh={refresh} />
      </div>
      <div className="grid flex-1 grid-cols-1 content-start gap-3 px-4 pb-6 md:px-6 md:pb-4">
        {folded > 0 && (
          <Button
            variant="ghost"
            icon={hasEarlier ? "up" : "down"}
            aria-expanded={hasEarlier}
            className="-ml-2.5 justify-self-start max-md:h-11"
            onClick={() => setHasEarlier(!hasEarlier)}
          >
            {folded}
            {earlier.isMore && "+"} earlier {folded === 1 && !earlier.isMore ? "message" : "messages"}
          </Button>
        )}
        {(hasEarlier || folded === 0) && (
          <ShowEarlier earlier={{ ...earlier, show: showEarlier }} ticket={ticket} messages={messages} />
        )}
        {current.map((message) => (
          <ConversationEntry
            key={message._id}
            message={message}
            news={newsOf(message._id)}
            ticket={ticket}
            people={detail}
            refresh={refresh}
            isLetter
          />
        ))}
      </div>
      <div className="sticky bottom-0 z-10 md:static md:px-6 md:pb-3">
        <ReplyForm
          ticket={ticket}
          conversation={detail}
          messages={messages}
          refresh={refresh}
          layout="sheet"
        />
      </div>
    </main>
  );
}

function toneOf({ assignedTo }: Ticket, memberId: string): string {
  if (!assignedTo) return "bg-unclaimed-soft";
  return assignedTo === memberId ? "bg-mine-soft" : "bg-others-soft";
}
