"use client";
import useSWR from "swr";
import { fetchTicket, ticketPath } from "@/components/client/desk-api";
import { useRefreshDesk } from "@/components/client/desk-swr";
import { useConnectionReport } from "@/components/client/Connection";
import { useReadOnChange } from "@/components/client/Live";
import type { TicketDetailResponse } from "@/lib/api/contracts";

type LiveTicket = TicketDetailResponse & {
  /** Reads the ticket and every list again, now. Resolves when that is done or has failed. */
  refresh: () => Promise<unknown>;
};

/** The ticket, kept up to date from what the server rendered. While the desk is away, the last read stays. */
export function useTicket(rendered: TicketDetailResponse): LiveTicket {
  const threadId = rendered.ticket._id;
  const refresh = useRefreshDesk();
  const { data, error, mutate } = useSWR<TicketDetailResponse, unknown>(
    ticketPath(threadId),
    () => fetchTicket(threadId),
    { fallbackData: rendered },
  );
  useConnectionReport(error);
  useReadOnChange(
    ({ tickets }) => tickets === "any" || tickets.includes(threadId),
    () => void mutate(),
  );
  return { ...(data ?? rendered), refresh };
}
