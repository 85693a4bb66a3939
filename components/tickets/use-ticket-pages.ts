"use client";
import { useState } from "react";
import useSWR from "swr";
import { useConnectionReport } from "@/components/shell/Connection";
import { fetchTickets } from "@/components/desk-api";
import type { TicketListResponse } from "@/lib/tickets/contracts";
import type { TicketSummary } from "@/lib/tickets/ticket";

type Loaded = { path: string; tickets: TicketSummary[]; hasMore: boolean };

/** The first `pages` pages of a list, read one after the other: each begins where the one before ended. */
async function fetchPages([path, pages]: [string, number]): Promise<Loaded> {
  const tickets = new Map<string, TicketSummary>();
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const answer: TicketListResponse = await fetchTickets(path, cursor ?? undefined);
    for (const ticket of answer.tickets) tickets.set(ticket._id, ticket);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return { path, tickets: [...tickets.values()], hasMore: cursor !== null };
}

/**
 * A list, kept fresh. `initial` is what the server read for `path` while rendering, if it did. When a read fails,
 * what was read before stays, and the page says that it may be old.
 */
export function useTicketPages(path: string, initial: TicketListResponse | undefined) {
  const [wanted, setWanted] = useState({ path, pages: 1 });
  const pages = wanted.path === path ? wanted.pages : 1;
  const rendered = initial && { path, tickets: initial.tickets, hasMore: initial.nextCursor !== null };
  const { data, error, isLoading, mutate } = useSWR<Loaded>([path, pages], fetchPages, {
    fallbackData: pages === 1 ? rendered : undefined,
  });
  useConnectionReport(error);

  return {
    // What was kept from another filter is not an answer to this one.
    loaded: data?.path === path ? data : rendered,
    error: error as unknown,
    isLoadingMore: isLoading && pages > 1,
    loadMore: () => setWanted({ path, pages: pages + 1 }),
    refresh: () => void mutate(),
  };
}
