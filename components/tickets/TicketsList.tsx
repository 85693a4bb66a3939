"use client";
import { useRef, type ReactNode } from "react";
import { SWRConfig } from "swr";
import { Bones } from "@/components/ui/Bones";
import { Button } from "@/components/ui/Button";
import { EmptyState } from "@/components/ui/EmptyState";
import type { TicketListResponse } from "@/lib/tickets/contracts";
import { KeyHints } from "./KeyHints";
import { NewRowsPill } from "./NewRowsPill";
import { listPath, type TicketFilter, type View } from "./ticket-paths";
import { TicketRow } from "./TicketRow";
import { useListKeys } from "./use-list-keys";
import { useTicketPages } from "./use-ticket-pages";
import { useTicketRows } from "./use-ticket-rows";

type Props = {
  view: View;
  filter?: TicketFilter;
  /** What the server read for this filter while rendering. Without it the list reads by itself. */
  initial?: TicketListResponse;
  /** What to show when there is nothing in the list. */
  empty: ReactNode;
};

const NAMES: Record<View, string> = {
  unassigned: "Unassigned tickets",
  mine: "My tickets",
  all: "All tickets",
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
  if (!loaded) return error ? <Failed onRetry={refresh} /> : <Bones />;
  return (
    <FullList
      view={view}
      path={loaded.path}
      tickets={loaded.tickets}
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

type FullProps = Pick<Props, "view" | "empty"> & {
  path: string;
  tickets: TicketListResponse["tickets"];
  more: ReactNode;
};

function FullList({ view, path, tickets, empty, more }: FullProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows, waiting, isAiming, drop, showWaiting, scrollHandlers, pointerHandlers } = useTicketRows(
    path,
    tickets,
  );
  const { list, currentId, reach, handFocusOn } = useListKeys(rows.map(({ ticket }) => ticket._id));
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <NewRowsPill
        count={waiting}
        onShow={() => {
          scroller.current?.scrollTo({ top: 0 });
          showWaiting();
        }}
      />
      <div
        ref={scroller}
        {...scrollHandlers}
        className="flex min-h-0 flex-1 flex-col overflow-y-auto overscroll-contain"
      >
        {rows.length === 0 && empty}
        <ul ref={list} {...pointerHandlers} aria-label={NAMES[view]} className="empty:hidden">
          {rows.map((row) => (
            <TicketRow
              key={row.ticket._id}
              row={row}
              view={view}
              isCurrent={row.ticket._id === currentId}
              isHeld={isAiming}
              onReached={() => reach(row.ticket._id)}
              onGone={() => {
                handFocusOn(row.ticket._id);
                drop(row.ticket._id);
              }}
            />
          ))}
        </ul>
        {more}
      </div>
      {rows.length > 0 && <KeyHints view={view} />}
    </div>
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
