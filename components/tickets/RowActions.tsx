"use client";
import type { ReactNode } from "react";
import { useMember } from "@/components/client/Member";
import { ButtonLink } from "@/components/ui/Button";
import { classNames } from "@/components/ui/class-names";
import { Avatar } from "@/components/ui/Avatar";
import { MenuIcon, MenuItem, MenuLink } from "@/components/ui/Menu";
import { firstNameOf } from "@/components/ui/people";
import { assignmentOf, needsLook, type Assignment, type TicketSummary } from "@/lib/api/vocabulary";
import { ClaimButton } from "./ClaimButton";
import { useReassign } from "./handover/use-reassign";
import { RowMenu } from "./RowMenu";
import { replyHref, ticketHref, type View } from "./ticket-paths";
import { UnclaimButton } from "./UnclaimButton";
import type { Claim } from "./use-claim";
import { useUnclaim } from "./use-unclaim";

type Props = { ticket: TicketSummary; view: View; claim: Claim; isCurrent: boolean };
type AssignItem = { assignItem: ReactNode };
type HeldProps = AssignItem & { ticket: TicketSummary; assignment: Assignment };

const PLACE = "relative z-1 flex items-center justify-end [grid-area:act] has-aria-expanded:z-2";

/** The right end of a row: Claim on an unassigned ticket, else the assignee and what the member may do. */
export function RowActions({ ticket, view, claim, isCurrent }: Props) {
  const { ask, isOffered, dialog } = useReassign(ticket);
  const assignment = assignmentOf(ticket);
  const assignItem = isOffered && (
    <MenuItem icon={<MenuIcon name="right" />} onSelect={ask}>
      Assign to…
    </MenuItem>
  );
  return (
    <>
      {assignment && view === "mine" && (
        <OwnActions {...{ ticket, assignment, assignItem }} isNext={isCurrent} />
      )}
      {assignment && view !== "mine" && <HeldActions {...{ ticket, assignment, assignItem }} />}
      {!assignment && (
        <span className={classNames(PLACE, "gap-1")}>
          <FreeMenu {...{ ticket, view, assignItem }} />
          <ClaimButton
            ticket={ticket}
            claim={claim}
            isNext={isCurrent}
            className="max-md:in-data-[view=mine]:flex-1"
          />
        </span>
      )}
      {/* For the key A, which has to reach it while the menu is closed, and says why if the member may not. */}
      <button type="button" hidden data-act="assign" onClick={ask} />
      {dialog}
    </>
  );
}

/** In Mine, on a ticket of the member's own. */
function OwnActions({ ticket, assignment, assignItem, isNext }: HeldProps & { isNext: boolean }) {
  return (
    <span className={classNames(PLACE, "gap-1 md:-mr-[11px]")}>
      {assignItem && <RowMenu ticket={ticket}>{assignItem}</RowMenu>}
      {needsLook(ticket) ? <OpenLink ticket={ticket} isNext={isNext} /> : <ReplyLink ticket={ticket} />}
      <UnclaimButton
        ticket={{ _id: ticket._id, subject: ticket.subject, ...assignment }}
        className="max-md:flex-1"
      />
    </span>
  );
}

/** In the list of all tickets: the assignee, and the actions of the assignee, of the giver and of admins. */
function HeldActions({ ticket, assignment, assignItem }: HeldProps) {
  const member = useMember();
  const held = { _id: ticket._id, subject: ticket.subject, ...assignment };
  const unclaiming = useUnclaim(held);
  const isYou = held.assignedTo === member.id;
  const name = firstNameOf(held.assignedToName);
  const mayUnclaim = isYou || member.role === "admin";
  return (
    <span className={classNames(PLACE, "min-w-0 gap-2 md:justify-start")}>
      <Avatar member={{ id: held.assignedTo, name: held.assignedToName }} you={isYou} />
      <span className={classNames("cut md:flex-1", isYou ? "font-medium text-mine" : "text-ink-2")}>
        <span className="sr-only">Claimed by </span>
        {isYou ? "You" : name}
      </span>
      {(mayUnclaim || assignItem) && (
        <RowMenu ticket={ticket}>
          {isYou && (
            <MenuLink href={replyHref(ticket._id)} icon={<MenuIcon name="reply" />}>
              Reply
            </MenuLink>
          )}
          {assignItem}
          {mayUnclaim && (
            <MenuItem icon={<MenuIcon name="release" />} onSelect={unclaiming.ask}>
              {isYou ? "Unclaim" : `Unclaim for ${name}`}
            </MenuItem>
          )}
        </RowMenu>
      )}
      {unclaiming.dialog}
    </span>
  );
}

/**
 * On an unassigned ticket, beside Claim. In Mine such a ticket was declined, so it is also worth reading first. Other lists
 * have no room for it on a phone: there the ticket's page has it.
 */
function FreeMenu({ ticket, view, assignItem }: AssignItem & Pick<Props, "ticket" | "view">) {
  const isGivenBack = view === "mine";
  if (!assignItem && !isGivenBack) return null;
  return (
    <RowMenu ticket={ticket} className={isGivenBack ? undefined : "max-md:hidden"}>
      {isGivenBack && (
        <MenuLink href={ticketHref(ticket._id)} icon={<MenuIcon name="open" />}>
          Open
        </MenuLink>
      )}
      {assignItem}
    </RowMenu>
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
