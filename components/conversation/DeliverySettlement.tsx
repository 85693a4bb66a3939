"use client";
import { settleDelivery } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import type { DeliveryRequest } from "@/lib/api/contracts";
import type { Ticket, TicketMessage } from "@/lib/api/vocabulary";
import { CardFoot } from "./CardFoot";
import { addressName, type People } from "./people";

type Action = DeliveryRequest["action"];
type Choice = { action: Action; label: string; pendingLabel: string };

const RETRY: Choice = { action: "retry", label: "Try again", pendingLabel: "Sending" };
const MARK_SENT: Choice = { action: "mark_sent", label: "Mark as sent", pendingLabel: "Marking" };
const SEND_AGAIN: Choice = { action: "send_again", label: "Send again", pendingLabel: "Sending" };

type Props = {
  message: TicketMessage;
  ticket: Ticket;
  people: People;
  refresh: () => Promise<unknown>;
};

/** Why a reply is not sent, and what the assignee can do about it; nothing for a reply that is. */
export function DeliverySettlement({ message, ticket, people, refresh }: Props) {
  const settle = useVerb({
    call: (action: Action, options) => settleDelivery({ messageId: message._id, action }, options),
    refresh: () => refresh(),
  });
  const isAssignee = ticket.assignedTo === useMember().id;
  const recipient = firstNameOf(addressName(message.to[0] ?? ticket.from, people, ticket));
  const outcome = outcomeOf(message, recipient, isAssignee);
  if (!outcome) return null;
  return (
    <CardFoot isOurs className="flex flex-wrap items-center gap-x-3 gap-y-2.5">
      <p role="status" className="min-w-60 flex-1 md:pl-[38px]">
        {verbNote(settle) ?? outcome.sentence}
        {outcome.choices.length > 0 && !isAssignee && ` ${whoSettles(ticket)}`}
      </p>
      {isAssignee &&
        outcome.choices.map(({ action, label, pendingLabel }) => (
          <Button
            key={action}
            size="auto"
            className="max-md:flex-1"
            pending={settle.pending?.argument === action}
            pendingLabel={pendingLabel}
            disabled={settle.pending !== null && settle.pending.argument !== action}
            onClick={() => settle.run(action)}
          >
            {label}
          </Button>
        ))}
    </CardFoot>
  );
}

function outcomeOf(
  { state, lastError }: TicketMessage,
  recipient: string,
  isAssignee: boolean,
): { sentence: string; choices: Choice[] } | null {
  switch (state) {
    case "unconfirmed":
      return {
        sentence: `The mail server broke off before confirming. ${recipient} may have this reply.`,
        choices: [MARK_SENT, SEND_AGAIN],
      };
    case "failed":
      return {
        sentence: `Not delivered: ${lastError ?? "the mail server refused it."}${isAssignee ? " You still hold the ticket." : ""}`,
        choices: [RETRY],
      };
    case "queued":
      return lastError ? { sentence: lastError, choices: [] } : null;
    case "sending":
    case "sent":
    case "came_back":
    case "cancelled":
    case null:
      return null;
  }
}

function whoSettles({ assignedToName }: Ticket): string {
  return assignedToName
    ? `${firstNameOf(assignedToName)} holds this ticket and can settle it.`
    : "Claim this ticket to settle it.";
}
