"use client";
import type { ReactNode } from "react";
import { SWRConfig } from "swr";
import { Skeleton } from "@/components/ui/Skeleton";
import { Button } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";
import type { TicketListResponse } from "@/lib/api/contracts";
import { listPath, type TicketFilter, type View } from "./ticket-paths";
import { TicketRows } from "./TicketRows";
import { useTicketPages } from "./use-ticket-pages";

type Props = {
  view: View;
  filter?: TicketFilter;
  /** What the server read for this filter while rendering. Without it the list reads by itself. */
  initial?: TicketListResponse;
  /** What to show when there is nothing in the list. */
  empty: ReactNode;
};

// Each visit starts from what the server just read, not from what an earlier visit left behind.
const OWN_CACHE = { provider: () => new Map() };

/** A list of tickets that stays fresh, in its four faces: waiting, empty, failed, full. */
export function TicketsList(props: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <FreshList {...props} />
    </SWRConfig>
  );
}

function FreshList({ view, filter = {}, initial, empty }: Props) {
  const { loaded, error, isLoadingMore, loadMore, refresh } = useTicketPages(listPath(view, filter), initial);
  if (!loaded) return error ? <Failed onRetry={refresh} /> : <Skeleton />;
  return (
    <TicketRows
      view={view}
      path={loaded.path}
      tickets={loaded.items}
      empty={empty}
      more={
        loaded.hasMore && (
          <div className="grid justify-items-center border-t border-line p-4">
            <Button size="auto" pending={isLoadingMore} pendingLabel="Loading" onClick={loadMore}>
              Load more
            </Button>
          </div>
        )
      }
    />
  );
}

function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <div role="alert" className="flex flex-1">
      <EmptyState
        title="The tickets can’t be loaded"
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
