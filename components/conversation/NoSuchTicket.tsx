import { pageHref } from "@/components/tickets/ticket-paths";
import { ButtonLink } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";

/** Shown for a link to a ticket that does not exist. */
export function NoSuchTicket() {
  return (
    <EmptyState
      title="There is no such ticket"
      action={
        <ButtonLink href={pageHref("all")} size="auto">
          Go to all tickets
        </ButtonLink>
      }
    >
      The link may be cut off. Open it from the card again, or look the ticket up in the list.
    </EmptyState>
  );
}
