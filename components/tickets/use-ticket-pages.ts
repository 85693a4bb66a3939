"use client";
import { fetchTickets } from "@/components/client/desk-api";
import { isOfTickets } from "@/components/client/Live";
import { usePages, type Page } from "@/components/client/use-pages";
import type { TicketListResponse } from "@/lib/api/contracts";
import type { TicketSummary } from "@/lib/api/vocabulary";

function toPage({ tickets, nextCursor }: TicketListResponse): Page<TicketSummary> {
  return { items: tickets, nextCursor };
}

async function fetchPage(path: string, cursor?: string): Promise<Page<TicketSummary>> {
  return toPage(await fetchTickets(path, cursor));
}

/** A list of tickets, page by page and kept fresh. */
export function useTicketPages(path: string, initial: TicketListResponse | undefined) {
  return usePages(path, initial && toPage(initial), fetchPage, { concerns: isOfTickets });
}
