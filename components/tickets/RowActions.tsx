"use client";
import { useMember } from "@/components/client/Member";
import { ButtonLink } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { Avatar } from "@/components/ui/Avatar";
import { firstNameOf } from "@/components/ui/people";
import { assignmentOf, needsLook, type TicketSummary } from "@/lib/api/vocabulary";
import { ClaimButton } from "./ClaimButton";
import { HeldMenu } from "./HeldMenu";
import { replyHref, ticketHref, type View } from "./ticket-paths";
import { UnclaimButton } from "./UnclaimButton";
import type { Claim } from "./use-claim";

type Props = { ticket: TicketSummary; view: View; claim: Claim; isCurrent: boolean };

const PLACE = "relative z-1 flex items-center justify-end [grid-area:act] has-aria-expanded:z-2";

/** The right end of a row: Claim on an unassigned ticket, else the assignee and what the member may do. */
export function RowActions({ ticket, view, claim, isCurrent }: Props) {
  const member = useMember();
  const assignment = assignmentOf(ticket);
  if (!assignment) {
    return (
      <span className={PLACE}>
        <ClaimButton ticket={ticket} claim={claim} isNext={isCurrent} />
      </span>
    );
  }
  const held = { _id: ticket._id, subject: ticket.subject, ...assignment };
  if (view === "mine") {
    return (
      <span className={classNames(PLACE, "gap-1 md:-mr-[11px]")}>
        {needsLook(ticket) ? <OpenLink ticket={ticket} isNext={isCurrent} /> : <ReplyLink ticket={ticket} />}
        <UnclaimButton ticket={held} className="max-md:flex-1" />
      </span>
    );
  }
  const isYou = held.assignedTo === member.id;
  return (
    <span className={classNames(PLACE, "min-w-0 gap-2 md:justify-start")}>
      <Avatar member={{ id: held.assignedTo, name: held.assignedToName }} you={isYou} />
      <span className={classNames("cut md:flex-1", isYou ? "font-medium text-mine" : "text-ink-2")}>
        <span className="sr-only">Claimed by </span>
        {isYou ? "You" : firstNameOf(held.assignedToName)}
      </span>
      {(isYou || member.role === "admin") && <HeldMenu ticket={held} />}
    </span>
  );
}

function ReplyLink({ ticket }: Pick<Props, "ticket">) {
  return (
    <ButtonLink
      href={replyHref(ticket._id)}
      data-act="reply"
      icon="reply"
      size="auto"
      className="max-md:flex-1"
      aria-label={`Reply to ${ticket.subject || "this ticket"}`}
    >
      Reply
    </ButtonLink>
  );
}

/** The next step of a ticket that needs a look. */
function OpenLink({ ticket, isNext }: Pick<Props, "ticket"> & { isNext: boolean }) {
  return (
    <ButtonLink
      href={ticketHref(ticket._id)}
      variant={isNext ? "solid" : "plain"}
      keyCap={isNext ? "↵" : undefined}
      size="auto"
      className="max-md:flex-1"
      aria-label={`Open ${ticket.subject || "this ticket"}`}
    >
      Open
    </ButtonLink>
  );
}
