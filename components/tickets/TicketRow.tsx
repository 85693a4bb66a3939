"use client";
import { useMember } from "@/components/client/Member";
import { Age } from "@/components/ui/Age";
import { classNames } from "@/components/ui/class-names";
import { StatusChip } from "@/components/ui/StatusChip";
import { needsLook, type TicketSummary } from "@/lib/api/vocabulary";
import { ClaimedBy, ClaimNote, placeOfNote } from "./ClaimNote";
import { RowActions } from "./RowActions";
import { RowText } from "./RowText";
import type { Row } from "./settle-rows";
import type { View } from "./ticket-paths";
import { useClaim } from "./use-claim";
import { useRowExit } from "./use-row-exit";

type Props = {
  row: Row;
  view: View;
  isCurrent: boolean;
  /** The customer wrote since this person last looked. */
  isNew: boolean;
  /** The member is aiming at the list: no row may move. */
  isFrozen: boolean;
  onReached: () => void;
  onGone: () => void;
};

export function TicketRow({ row, view, isCurrent, isNew, isFrozen, onReached, onGone }: Props) {
  const { ticket } = row;
  const member = useMember();
  const claim = useClaim(ticket._id);
  const { isLeaving, claimedBy } = useRowExit({ row, view, claim, isFrozen, onGone });

  const isLost = claim.state.step === "lost" || claimedBy !== null;
  const note = claimedBy ? "end" : placeOfNote(claim.state);
  const unsettled = isNew ? "new" : "seen";
  const showsStatus = note === "none" && (view !== "unassigned" || ticket.status !== "open");

  return (
    <li
      data-ticket={ticket._id}
      aria-current={isCurrent || undefined}
      onFocus={onReached}
      className={classNames(
        "row-space border-b border-line last:border-transparent",
        isLeaving && "row-space-gone",
      )}
    >
      <div data-view={view} data-note={note} data-lost={isLost} className="ticket-row">
        <RowText
          ticket={ticket}
          weight={isLost ? "settled" : unsettled}
          chip={showsStatus && <StatusChip status={ticket.status} />}
        />
        <span className="grid [grid-area:age] empty:hidden">
          {note !== "end" && <Age since={ageOf(ticket, view)} quiet={ticket.waitingSince === null} />}
        </span>
        <span
          role="status"
          className="min-w-0 justify-self-end [grid-area:note] empty:absolute max-md:justify-self-start"
        >
          {claimedBy ? (
            <ClaimedBy assignee={claimedBy} />
          ) : (
            <ClaimNote threadId={ticket._id} state={claim.state} />
          )}
        </span>
        {member.role !== "viewer" && note !== "end" && (
          <RowActions ticket={ticket} view={view} claim={claim} isCurrent={isCurrent} />
        )}
      </div>
    </li>
  );
}

/** Since when the ticket needs a look, or its customer waits; if neither, the date that the list is sorted by. */
function ageOf(ticket: TicketSummary, view: View): string {
  if (ticket.attention && needsLook(ticket)) return ticket.attention.at;
  return ticket.waitingSince ?? (view === "unassigned" ? ticket.receivedAt : ticket.lastMessageAt);
}
