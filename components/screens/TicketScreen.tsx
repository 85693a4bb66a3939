"use client";
import { useRef, useState } from "react";
import { SWRConfig } from "swr";
import { ReplyForm } from "@/components/ReplyForm";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { useMember } from "@/components/client/Member";
import { verbNote } from "@/components/client/verb-note";
import { ClaimNote, placeOfNote } from "@/components/tickets/ClaimNote";
import { AssignAct } from "@/components/tickets/handover/AssignAct";
import { HandoverStrip } from "@/components/tickets/handover/HandoverStrip";
import { pageHref, type View } from "@/components/tickets/ticket-paths";
import { useClaim } from "@/components/tickets/use-claim";
import { Banner } from "@/components/ui/Banner";
import { Button, ButtonLink } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { StatusChip } from "@/components/ui/StatusChip";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import type { Ticket, TicketStatus } from "@/lib/api/vocabulary";
import { AttentionStrip } from "@/components/conversation/AttentionStrip";
import { Conversation } from "@/components/conversation/Conversation";
import { ShowEarlier } from "@/components/conversation/ShowEarlier";
import { OwnerLine } from "@/components/conversation/OwnerLine";
import { StatusHeld } from "@/components/conversation/StatusHeld";
import { TicketActions } from "@/components/conversation/TicketActions";
import { TicketDetails } from "@/components/conversation/TicketDetails";
import { useStatusChange } from "@/components/conversation/use-status-change";
import { useTicket } from "@/components/conversation/use-ticket";

const VIEW_NAMES: Record<View, string> = { unassigned: "Unassigned", mine: "Mine", all: "All" };

/** `readAt`: the server's time before it read the ticket, ISO 8601. */
type Props = { rendered: TicketDetailResponse; readAt?: string };

/** The ticket page: the conversation, the actions, and the details at the side. */
export function TicketScreen(props: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <Screen {...props} />
    </SWRConfig>
  );
}

function Screen({ rendered, readAt }: Props) {
  const member = useMember();
  const { refresh, earlier, ...detail } = useTicket(rendered, readAt);
  const { ticket, messages } = detail;
  const claim = useClaim(ticket._id);
  const header = useRef<HTMLElement>(null);
  const change = useStatusChange(ticket, messages, refresh, (_, wasHeld) => {
    // The button that was pressed is gone.
    if (wasHeld) focusStatus(header.current);
  });
  const note = verbNote(change);
  const [hasDetails, setHasDetails] = useState(false);
  // The list that the ticket was in when the page was opened: after a claim, the way back still leads there.
  const [view] = useState(() => viewOf(rendered.ticket, member.id));
  return (
    <>
      <header
        ref={header}
        className="z-20 flex min-h-14 flex-none flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-5 py-2 max-md:px-3 md:sticky md:top-0"
      >
        <ButtonLink
          variant="ghost"
          icon="left"
          size="auto"
          href={pageHref(view)}
          className="-ml-2 pr-2.5 pl-1"
        >
          {VIEW_NAMES[view]}
        </ButtonLink>
        <span className="font-mono text-small text-ink-3">{ticket.reference}</span>
        <span className="flex-1" />
        <Button
          variant="ghost"
          icon={hasDetails ? "up" : "down"}
          aria-expanded={hasDetails}
          aria-controls="details"
          className="max-md:h-11 lg:hidden"
          onClick={() => setHasDetails(!hasDetails)}
        >
          Details
        </Button>
        <TicketActions ticket={ticket} claim={claim} change={change} />
      </header>
      {claim.state.step !== "won" && placeOfNote(claim.state) !== "none" && (
        <Banner tone="others">
          <ClaimNote threadId={ticket._id} state={claim.state} />
        </Banner>
      )}
      {note && (
        <Banner tone="others" icon="alert" role={change.failure ? "alert" : "status"}>
          {note}
        </Banner>
      )}
      <StatusHeld change={change} messages={messages} onLeave={(act) => focusAct(header.current, act)} />
      <HandoverStrip ticket={ticket} refresh={refresh} />
      <AttentionStrip ticket={ticket} messages={messages} refresh={refresh} />
      <div className="grid flex-1 grid-cols-1 content-start lg:grid-cols-[minmax(0,1fr)_280px] lg:grid-rows-[auto_1fr]">
        <div className="mx-auto w-full max-w-[808px] px-6 pt-6 max-md:px-4 max-md:pt-4">
          <h1 dir="auto" className="text-subject font-semibold tracking-[-.015em] text-pretty wrap-anywhere">
            {ticket.subject || "No subject"}
          </h1>
          <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-ink-2">
            <OwnerLine ticket={ticket} />
            <AssignAct ticket={ticket} />
            <span aria-hidden="true" className="h-3.5 w-px bg-line-strong max-md:hidden" />
            <StatusChip status={ticket.status} />
          </div>
        </div>
        <aside
          id="details"
          aria-label="Details"
          className={classNames(
            "row-span-2 grid content-start gap-6 border-line px-5 py-6 max-lg:mx-6 max-lg:mt-4 max-lg:rounded-card max-lg:border max-md:mx-4 lg:border-l",
            !hasDetails && "max-lg:hidden",
          )}
        >
          <TicketDetails detail={detail} refresh={refresh} />
        </aside>
        <div className="mx-auto w-full max-w-[808px] px-6 pt-6 pb-8 max-md:px-4 max-md:pt-4">
          <ShowEarlier earlier={earlier} ticket={ticket} messages={messages} />
          <Conversation detail={detail} refresh={refresh} />
          <div className="mt-5">
            <ReplyForm ticket={ticket} conversation={detail} messages={messages} refresh={refresh} />
          </div>
        </div>
      </div>
    </>
  );
}

/** A ticket that was declined stands in Mine of whoever gave it. */
function viewOf({ assignedTo, givenBackTo }: Ticket, memberId: string): View {
  if (!assignedTo && givenBackTo === memberId) return "mine";
  if (!assignedTo) return "unassigned";
  return assignedTo === memberId ? "mine" : "all";
}

function focusStatus(header: HTMLElement | null) {
  header?.querySelector<HTMLElement>("[aria-haspopup=menu]")?.focus();
}

/** Focuses the button that sets the status: the menu if there is no other, as on a phone. */
function focusAct(header: HTMLElement | null, act: TicketStatus) {
  const resolve = header?.querySelector<HTMLElement>("[data-act=resolve]");
  if (act === "resolved") resolve?.focus();
  if (!resolve || document.activeElement !== resolve) focusStatus(header);
}
