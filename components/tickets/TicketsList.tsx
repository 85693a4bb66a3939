"use client";
import type { ReactNode } from "react";
import { SWRConfig } from "swr";
import { fetchTickets } from "@/components/client/desk-api";
import { OWN_CACHE } from "@/components/client/desk-swr";
import { useMember } from "@/components/client/Member";
import { usePages } from "@/components/client/use-pages";
import { FailedState } from "@/components/ui/FailedState";
import { Skeleton } from "@/components/ui/Skeleton";
import type { TicketListResponse } from "@/lib/api/contracts";
import { SelectionProvider, useSelection } from "./bulk/Selection";
import { patchList } from "./patch-list";
import { listPath, shownFilter, type TicketFilter, type View } from "./ticket-paths";
import { TicketRows } from "./TicketRows";

type Props = {
  view: View;
  /** The top of the page, and the filters below it. The selection bar takes the place of the lower one. */
  header?: ReactNode;
  filters?: ReactNode;
  filter?: TicketFilter;
  /** The first page as the server read it while rendering. Without it the list loads it. */
  initial?: TicketListResponse;
  /** The server's time before that, ISO 8601. */
  readAt?: string;
  /** Shown if the list has no tickets. */
  empty: ReactNode;
};

/** A list that others have shortened to fewer rows reads the next ones: more than a screen has. */
const ROWS_MIN = 30;

/** A list of tickets that stays fresh. It is waiting, empty, failed or full. */
export function TicketsList({ header, filters, ...list }: Props) {
  const { view, filter = {}, initial } = list;
  return (
    <SelectionProvider
      list={{ view, filter: shownFilter(view, filter) }}
      hasRows={Boolean(initial?.tickets.length)}
    >
      <Top header={header} filters={filters} />
      <SWRConfig value={OWN_CACHE}>
        <FreshList {...list} />
      </SWRConfig>
    </SelectionProvider>
  );
}

function Top({ header, filters }: Pick<Props, "header" | "filters">) {
  const isSelecting = useSelection()?.isOn ?? false;
  return (
    <>
      {(filters || !isSelecting) && header}
      {!isSelecting && filters}
    </>
  );
}

function FreshList({ view, filter = {}, initial, readAt, empty }: Omit<Props, "header" | "filters">) {
  const reader = useMember().id;
  const { loaded, more, error, refresh, completeUntil } = usePages(listPath(view, filter), {
    initial,
    readAt,
    fetchPage: fetchTickets,
    itemsOf: ({ tickets }) => tickets,
    apply: (before, changes) =>
      patchList({ view, filter: shownFilter(view, filter), reader }, before, changes),
    rowsMin: ROWS_MIN,
  });
  if (loaded) {
    return (
      <TicketRows
        list={{ view, filter: shownFilter(view, filter) }}
        path={loaded.path}
        tickets={loaded.items}
        {...{ empty, more, completeUntil }}
      />
    );
  }
  return error ? (
    <FailedState title="The tickets can’t be loaded" onRetry={refresh}>
      The desk can’t be reached. This page retries by itself.
    </FailedState>
  ) : (
    <Skeleton />
  );
}
