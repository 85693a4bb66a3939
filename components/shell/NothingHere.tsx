import { ButtonLink } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";

/** For an address that leads nowhere. */
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
      The link may be cut off, or the ticket was never here.
    </EmptyState>
  );
}
