"use client";
import Link from "next/link";
import { useMember } from "@/components/shell/Member";
import { Age } from "@/components/ui/Age";
import { classNames } from "@/components/ui/class-names";
import { StatusChip } from "@/components/ui/StatusChip";
import { ClaimedBy, ClaimNote } from "./ClaimNote";
import { RowActions } from "./RowActions";
import type { Row } from "./settle-rows";
import { ticketHref, type View } from "./ticket-paths";
import { isUnanswered } from "./unanswered";
import { useClaim } from "./use-claim";
import { useRowFate } from "./use-row-fate";

type Props = {
  row: Row;
  view: View;
  isCurrent: boolean;
  /** Somebody is aiming at the list: nothing may move now. */
  isHeld: boolean;
  onReached: () => void;
  onGone: () => void;
};

export function TicketRow({ row, view, isCurrent, isHeld, onReached, onGone }: Props) {
  const { ticket } = row;
  const member = useMember();
  const claim = useClaim(ticket._id);
  const { isLeaving, claimedBy } = useRowFate({ row, view, claim, isHeld, onGone });

  const { step } = claim.state;
  const isLost = step === "lost" || claimedBy !== null;
  const hasNote = claimedBy !== null || (step === "claiming" ? claim.state.isSlow : step !== "idle");
  const showsStatus = view !== "unassigned" || ticket.status !== "open";

  return (
    <li
      data-ticket={ticket._id}
      aria-current={isCurrent || undefined}
      onFocus={onReached}
      className={classNames(
        "row-space group border-b border-line last:border-transparent",
        isLeaving && "row-space-gone",
      )}
    >
      <div data-view={view} data-note={hasNote} data-lost={isLost} className="ticket-row">
        <span className="cut font-medium [grid-area:who] group-[:has([data-lost=true])]:font-normal">
          {ticket.fromName ?? ticket.from}
        </span>
        <span className="grid [grid-area:chip]">
          {showsStatus && !hasNote && <StatusChip status={ticket.status} />}
        </span>
        <span className="flex min-w-0 gap-x-1.5 [grid-area:text] max-md:flex-col">
          <Link
            href={ticketHref(ticket._id)}
            data-act="open"
            prefetch={false}
            className="row-link cut flex-none text-ink-2 max-md:text-ink md:max-w-full md:flex-[0_1_auto]"
          >
            {ticket.subject || "No subject"}
          </Link>
          <span className="cut min-w-0 flex-1 basis-24 text-ink-3 max-md:basis-auto">
            {!isLost && ticket.excerpt}
          </span>
        </span>
        <span className="grid [grid-area:age]">
          {!isLost && (
            <Age
              since={view === "unassigned" ? ticket.receivedAt : ticket.lastInboundAt}
              quiet={!isUnanswered(ticket)}
            />
          )}
        </span>
        <span
          role="status"
          className="min-w-0 justify-self-end [grid-area:note] empty:hidden max-md:justify-self-start"
        >
          {claimedBy ? (
            <ClaimedBy holder={claimedBy} />
          ) : (
            <ClaimNote threadId={ticket._id} state={claim.state} />
          )}
        </span>
        {member.role !== "viewer" && !isLost && (
          <RowActions ticket={ticket} view={view} claim={claim} isCurrent={isCurrent} />
        )}
      </div>
    </li>
  );
}
