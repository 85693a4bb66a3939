import { ButtonLink } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";

/** The page for an unknown address. */
export function NothingHere() {
  return (
    <EmptyState
      title="There is nothing at this address"
      action={
        <ButtonLink href="/dashboard" size="auto">
          Go to Unassigned
        </ButtonLink>
      }
    >
      The link may be incomplete, or there is no such ticket.
    </EmptyState>
  );
}
