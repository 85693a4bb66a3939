"use client";
import { fetchTickets } from "@/components/desk-api";
import { isOfTickets } from "@/components/shell/Live";
import { usePages, type Page } from "@/components/use-pages";
import type { TicketListResponse } from "@/lib/tickets/contracts";
import type { TicketSummary } from "@/lib/tickets/ticket";

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
