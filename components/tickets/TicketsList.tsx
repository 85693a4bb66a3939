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
import { patchList } from "./patch-list";
import { listPath, shownFilter, type TicketFilter, type View } from "./ticket-paths";
import { TicketRows } from "./TicketRows";

type Props = {
  view: View;
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
export function TicketsList(props: Props) {
  return (
    <SWRConfig value={OWN_CACHE}>
      <FreshList {...props} />
    </SWRConfig>
  );
}

function FreshList({ view, filter = {}, initial, readAt, empty }: Props) {
  const reader = useMember().id;
  const { loaded, more, error, refresh } = usePages(listPath(view, filter), {
    initial,
    readAt,
    fetchPage: fetchTickets,
    itemsOf: ({ tickets }) => tickets,
    apply: (before, changes) =>
      patchList({ view, filter: shownFilter(view, filter), reader }, before, changes),
    rowsMin: ROWS_MIN,
  });
  if (loaded) {
    return <TicketRows view={view} path={loaded.path} tickets={loaded.items} empty={empty} more={more} />;
  }
  return error ? (
    <FailedState title="The tickets can’t be loaded" onRetry={refresh}>
      The desk can’t be reached. This page retries by itself.
    </FailedState>
  ) : (
    <Skeleton />
  );
}
