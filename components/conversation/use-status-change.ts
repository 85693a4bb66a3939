"use client";
import { setStatus } from "@/components/client/desk-api";
import type { Expected } from "@/components/client/use-shown";
import type { Ticket, TicketMessage, TicketStatus } from "@/lib/api/vocabulary";
import { newestShown } from "./newer-messages";
import { useGuarded, type Guarded } from "./use-guarded";

export type StatusChange = Guarded<TicketStatus>;

/** Sets the status of the ticket. Resolving it and letting it wait are held back by messages that are not on the page. */
export function useStatusChange(
  ticket: Ticket,
  messages: TicketMessage[],
  refresh: (isExpected?: Expected) => Promise<unknown>,
  onDone?: (status: TicketStatus, wasHeld: boolean) => void,
): StatusChange {
  return useGuarded<TicketStatus>({
    newest: newestShown(ticket, messages),
    call: (status, seen, options) => {
      const isEnd = status === "waiting" || status === "resolved";
      const guard = isEnd ? { lastSeenMessageId: seen } : {};
      return setStatus({ threadId: ticket._id, status, ...guard }, options);
    },
    refresh,
    onDone,
  });
}
