"use client";
import { useRef } from "react";
import { NewRowsPill } from "@/components/tickets/NewRowsPill";
import { Skeleton } from "@/components/ui/Skeleton";
import { Button } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";
import type { LedgerEntry, LedgerResponse } from "@/lib/api/contracts";
import { EmptyLedger } from "./EmptyLedger";
import { LedgerRow } from "./LedgerRow";
import { ledgerPath, type LedgerFilter } from "./ledger-paths";
import { useLedgerPages, useStillMails } from "./use-ledger";

type Props = { filter: LedgerFilter; initial?: LedgerResponse };

/** The mails of the ledger in four faces: waiting, empty, failed, full. */
export function LedgerList({ filter, initial }: Props) {
  const { loaded, error, isLoadingMore, loadMore, refresh } = useLedgerPages(filter, initial);
  if (!loaded) return error ? <Failed onRetry={refresh} /> : <Skeleton label="Loading mails" />;
  if (loaded.items.length === 0) return <EmptyLedger filter={filter} />;
  return (
    <Mails path={ledgerPath(filter)} mails={loaded.items}>
      {loaded.hasMore && (
        <div className="grid justify-items-center border-t border-line p-4">
          <Button size="auto" pending={isLoadingMore} pendingLabel="Loading" onClick={loadMore}>
            Load more
          </Button>
        </div>
      )}
    </Mails>
  );
}

type MailsProps = { path: string; mails: LedgerEntry[]; children: React.ReactNode };

function Mails({ path, mails, children }: MailsProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { shown, waiting, showWaiting, scrollHandlers, pointerHandlers } = useStillMails(path, mails);
  return (
    <div className="relative flex min-h-60 flex-1 flex-col">
      <NewRowsPill
        count={waiting}
        onShow={() => {
          scroller.current?.scrollTo({ top: 0 });
          showWaiting();
        }}
      />
      <div ref={scroller} {...scrollHandlers} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        <ul {...pointerHandlers} aria-label="Mails">
          {shown.map((mail) => (
            <LedgerRow key={mail._id} mail={mail} />
          ))}
        </ul>
        {children}
      </div>
    </div>
  );
}

function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-1">
      <EmptyState
        title="The mails can’t be loaded"
        action={
          <Button size="auto" variant="solid" icon="retry" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        The desk can’t be reached. It is tried again by itself.
      </EmptyState>
    </div>
  );
}
