"use client";
import { useMember } from "@/components/client/Member";
import { ClaimButton } from "@/components/tickets/ClaimButton";
import { UnclaimButton } from "@/components/tickets/UnclaimButton";
import type { Claim } from "@/components/tickets/use-claim";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import { useShortcuts } from "@/components/ui/shortcuts";
import { assignmentOf, type Ticket, type TicketStatus } from "@/lib/api/vocabulary";
import { StatusMenu } from "./StatusMenu";
import type { StatusChange } from "./use-status-change";

/** On a phone the buttons share the row. */
const SHARED = "max-md:min-w-0 max-md:flex-1 max-md:px-2";

type Props = { ticket: Ticket; claim: Claim; change: StatusChange };

/** The actions this member may take on the ticket now. */
export function TicketActions({ ticket, claim, change }: Props) {
  const member = useMember();
  const { assignedTo, status } = ticket;
  const assignment = assignmentOf(ticket);
  const isOwn = assignedTo === member.id;
  const isActive = member.role !== "viewer" && (isOwn || !assignedTo);
  const next: TicketStatus = status === "resolved" ? "open" : "resolved";
  useShortcuts(
    isActive
      ? {
          r: (event) => {
            event.preventDefault();
            focusReply();
          },
          e: () => change.run(next),
          ...(assignedTo ? {} : { c: claim.run }),
        }
      : {},
  );

  if (member.role === "viewer") return null;
  const mayUnclaim = isOwn || member.role === "admin";
  return (
    <div className="flex items-center gap-2 max-md:w-full">
      {!isActive && assignment && (
        <span className="flex-1 text-small text-ink-3 max-md:pl-1">
          {firstNameOf(assignment.assignedToName)} holds this ticket
        </span>
      )}
      {isActive && (
        <Button icon="reply" keyCap="R" size="auto" className={SHARED} onClick={focusReply}>
          Reply
        </Button>
      )}
      {assignment && mayUnclaim && (
        <UnclaimButton
          variant="plain"
          className={isOwn ? SHARED : undefined}
          ticket={{ _id: ticket._id, subject: ticket.subject, ...assignment }}
        />
      )}
      {isActive && (
        <>
          <Button
            data-act="resolve"
            icon={status === "resolved" ? "undo" : "check"}
            keyCap="E"
            size="auto"
            className="max-md:hidden"
            pending={change.pending?.argument === next}
            pendingLabel={status === "resolved" ? "Reopening" : "Resolving"}
            onClick={() => change.run(next)}
          >
            {status === "resolved" ? "Reopen" : "Resolve"}
          </Button>
          <StatusMenu ticket={ticket} change={change} />
        </>
      )}
      {!assignment && <ClaimButton ticket={ticket} claim={claim} isNext className={SHARED} />}
    </div>
  );
}

function focusReply() {
  document.querySelector<HTMLTextAreaElement>("#reply textarea")?.focus();
}
