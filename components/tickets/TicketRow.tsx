"use client";
import { useMember } from "@/components/client/Member";
import { Age } from "@/components/ui/Age";
import { classNames } from "@/components/ui/class-names";
import { OwnerRing } from "@/components/ui/OwnerRing";
import { StatusChip } from "@/components/ui/StatusChip";
import { needsLook, type TicketSummary } from "@/lib/api/vocabulary";
import { BulkNote, isLost as isLostInBulk, placeOfOutcome } from "./bulk/BulkNote";
import { RowCheckbox } from "./bulk/RowCheckbox";
import type { RowOutcome } from "./bulk/use-bulk";
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
  /** Null if the member may not select. */
  selecting: { isAny: boolean; isSelected: boolean; onToggle: (isRange: boolean) => void } | null;
  /** Of an act on many tickets; `onLook` and `onForget` are its own. */
  outcome: RowOutcome | null;
  onLook: () => void;
  onForget: () => void;
  onReached: () => void;
  onGone: () => void;
};

/** A ticket in a list, with what became of it if it has just been acted on. */
export function TicketRow({ row, view, isCurrent, isNew, isFrozen, selecting, outcome, ...on }: Props) {
  const { ticket } = row;
  const member = useMember();
  const claim = useClaim(ticket._id);
  const { isLeaving, claimedBy } = useRowExit({
    ...{ row, view, claim, isFrozen, onGone: on.onGone },
    bulk: outcome && { isTelling: isTellingNow(outcome), forget: on.onForget },
  });

  const isLost = claim.state.step === "lost" || claimedBy !== null || isLostInBulk(outcome);
  const ownNote = claimedBy ? "end" : placeOfNote(claim.state);
  const note = outcome ? placeOfOutcome(outcome) : ownNote;
  // While rows are selected, the next step is in their bar.
  const isNext = isCurrent && !selecting?.isAny;
  const isUnderWay = outcome?.step === "pending";
  const unsettled = isNew ? "new" : "seen";
  const showsStatus = note === "none" && (view !== "unassigned" || ticket.status !== "open");

  return (
    <li
      data-ticket={ticket._id}
      aria-current={isCurrent || undefined}
      data-leaving={isLeaving || undefined}
      onFocus={() => {
        on.onReached();
        on.onLook();
      }}
      onPointerMove={on.onLook}
      className={classNames(
        "group/row row-space border-b border-line last:border-transparent",
        isLeaving && "row-space-gone",
      )}
    >
      <div
        data-view={view}
        data-note={note}
        data-lost={isLost}
        data-picked={selecting?.isSelected}
        className="ticket-row"
      >
        {selecting && (
          <RowCheckbox
            subject={ticket.subject}
            isChecked={selecting.isSelected}
            onToggle={selecting.onToggle}
          />
        )}
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
          {outcome && <BulkNote threadId={ticket._id} outcome={outcome} />}
          {!outcome && claimedBy && <ClaimedBy assignee={claimedBy} />}
          {!outcome && !claimedBy && <ClaimNote threadId={ticket._id} state={claim.state} />}
        </span>
        {isUnderWay && <Pending />}
        {member.role !== "viewer" && note !== "end" && (
          <span
            // Unseen it keeps its room, so that the columns beside it stay in their places.
            inert={isUnderWay}
            aria-hidden={isUnderWay || undefined}
            className={classNames(
              "contents max-md:group-data-[selecting=true]/list:hidden",
              isUnderWay && "*:invisible",
            )}
          >
            <RowActions ticket={ticket} view={view} claim={claim} isCurrent={isNext} />
          </span>
        )}
      </div>
    </li>
  );
}

/** In place of the row's actions while an act on many tickets is under way. */
function Pending() {
  return (
    <span className="flex items-center justify-center text-mine [grid-area:act] max-md:absolute max-md:right-4 max-md:bottom-3 max-md:[grid-area:auto]">
      <OwnerRing state="pending" />
      <span className="sr-only">Under way</span>
    </span>
  );
}

/** True while the outcome's time is running: why a ticket was left as it is stays until the member has looked at the row. */
function isTellingNow(outcome: RowOutcome): boolean {
  return outcome.step === "done" || (outcome.step === "refused" && outcome.isLooked);
}

/** Since when the ticket needs a look, or its customer waits; if neither, the date that the list is sorted by. */
function ageOf(ticket: TicketSummary, view: View): string {
  if (ticket.attention && needsLook(ticket)) return ticket.attention.at;
  return ticket.waitingSince ?? (view === "unassigned" ? ticket.receivedAt : ticket.lastMessageAt);
}
