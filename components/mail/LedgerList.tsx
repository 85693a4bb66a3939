"use client";
import { FailedState } from "@/components/ui/FailedState";
import { ListFrame } from "@/components/ui/ListFrame";
import { Skeleton } from "@/components/ui/Skeleton";
import type { LedgerResponse } from "@/lib/api/contracts";
import { EmptyLedger } from "./EmptyLedger";
import { LedgerRow } from "./LedgerRow";
import { ledgerPath, type LedgerFilter } from "./ledger-paths";
import { useFrozenMails, useLedgerPages } from "./use-ledger";

type Props = { filter: LedgerFilter; initial?: LedgerResponse; readAt?: string };

/** The mails of the ledger. The list is waiting, empty, failed or full. */
export function LedgerList({ filter, initial, readAt }: Props) {
  const { loaded, more, error, refresh } = useLedgerPages(filter, initial, readAt);
  const { shown, pointerHandlers, ...frame } = useFrozenMails(ledgerPath(filter), loaded?.items ?? []);
  if (!loaded) {
    return error ? (
      <FailedState title="The mails can’t be loaded" onRetry={refresh}>
        The desk can’t be reached. This page retries by itself.
      </FailedState>
    ) : (
      <Skeleton label="Loading mails" />
    );
  }
  if (loaded.items.length === 0) return <EmptyLedger filter={filter} />;
  return (
    <ListFrame {...frame} more={more}>
      <ul {...pointerHandlers} aria-label="Mails">
        {shown.map((mail) => (
          <LedgerRow key={mail._id} mail={mail} />
        ))}
      </ul>
    </ListFrame>
  );
}
