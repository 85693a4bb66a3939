import { FilteredOut } from "@/components/tickets/EmptyLists";
import { EmptyState } from "@/components/ui/EmptyState";
import { mailHref, RESULT_NAMES, type LedgerFilter } from "./ledger-paths";

/** Shown if the ledger is empty, or if the filter leaves nothing of it. */
export function EmptyLedger({ filter: { state } }: { filter: LedgerFilter }) {
  if (state) return <FilteredOut clearHref={mailHref()}>Result is {RESULT_NAMES[state]}.</FilteredOut>;
  return (
    <EmptyState title="No mail has arrived yet">
      Send a mail to the support address. If it does not appear here within a minute, check that your mail
      server forwards that address to the desk.
    </EmptyState>
  );
}
