import { ButtonLink } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";
import { mailHref, RESULT_NAMES, type LedgerFilter } from "./ledger-paths";

/** The ledger with nothing in it: before the first mail, or behind a filter. */
export function EmptyLedger({ filter: { state } }: { filter: LedgerFilter }) {
  if (state === undefined) {
    return (
      <EmptyState title="No mail has arrived yet">
        Send a mail to the support address. If it does not appear here within a minute, check that your mail
        server forwards that address to the desk.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="Nothing matches these filters"
      action={
        <ButtonLink href={mailHref()} size="auto">
          Clear filters
        </ButtonLink>
      }
    >
      Result is {RESULT_NAMES[state]}.
    </EmptyState>
  );
}
