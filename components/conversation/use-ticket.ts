"use client";
import useSWR from "swr";
import { fetchTicket, ticketPath } from "@/components/client/desk-api";
import { useRefreshDesk } from "@/components/client/desk-swr";
import { useConnectionReport } from "@/components/client/Connection";
import { useReadOnChange } from "@/components/client/Live";
import type { TicketDetailResponse } from "@/lib/api/contracts";

export type LiveTicket = TicketDetailResponse & {
  /** Reads it and every list again, now. Resolves when what is shown is new, or could not be renewed. */
  refresh: () => Promise<unknown>;
};

/** The ticket as the server rendered it, and from then on as it is. What was read last stays while the desk is away. */
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
