"use client";
import { settleDelivery } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { useVerb } from "@/components/client/use-verb";
import { verbNote } from "@/components/client/verb-note";
import { Button } from "@/components/ui/Button";
import { firstNameOf } from "@/components/ui/people";
import type { DeliveryRequest } from "@/lib/api/contracts";
import { senderName, type Ticket, type TicketMessage } from "@/lib/api/vocabulary";

type Action = DeliveryRequest["action"];
type Choice = { action: Action; label: string; pendingLabel: string };

const RETRY: Choice = { action: "retry", label: "Try again", pendingLabel: "Sending" };
const MARK_SENT: Choice = { action: "mark_sent", label: "Mark as sent", pendingLabel: "Marking" };
const SEND_AGAIN: Choice = { action: "send_again", label: "Send again", pendingLabel: "Sending" };

type Props = {
  message: TicketMessage;
  ticket: Ticket;
  refresh: () => Promise<unknown>;
};

/** What became of a reply that is not simply sent, and what its holder can do about it. */
export function DeliverySettlement({ message, ticket, refresh }: Props) {
  const settle = useVerb({
    call: (action: Action, options) => settleDelivery({ messageId: message._id, action }, options),
    refresh,
  });
  const isHolder = ticket.assignedTo === useMember().id;
  const outcome = outcomeOf(message, firstNameOf(senderName(ticket)), isHolder);
  if (!outcome) return null;
  return (
    <div className="mt-4 -mx-5 -mb-4 flex flex-wrap items-center gap-x-3 gap-y-2.5 border-t border-ours-line px-5 py-3 text-ink-2 max-md:-mx-4 max-md:px-4">
      <p role="status" className="min-w-60 flex-1 md:pl-[38px]">
        {verbNote(settle) ?? outcome.sentence}
        {outcome.choices.length > 0 && !isHolder && ` ${whoSettles(ticket)}`}
      </p>
      {isHolder &&
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
    </div>
  );
}

function outcomeOf(
  { state, lastError }: TicketMessage,
  customer: string,
  isHolder: boolean,
): { sentence: string; choices: Choice[] } | null {
  switch (state) {
    case "unconfirmed":
      return {
        sentence: `The mail server broke off before confirming. ${customer} may have this reply.`,
        choices: [MARK_SENT, SEND_AGAIN],
      };
    case "failed":
      return {
        sentence: `Not delivered: ${lastError ?? "the mail server refused it."}${isHolder ? " You still hold the ticket." : ""}`,
        choices: [RETRY],
      };
    case "queued":
      return lastError ? { sentence: lastError, choices: [] } : null;
    case "sending":
    case "sent":
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
