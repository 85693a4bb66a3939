"use client";
import { setStatus } from "@/components/client/desk-api";
import type { TicketStatus } from "@/lib/api/vocabulary";
import { useDeskAction, type DeskAction } from "./use-desk-action";

/** Gives the ticket another status, pending until the desk has said so. */
export function useSetStatus(threadId: string, refresh: () => Promise<unknown>): DeskAction<TicketStatus> {
  return useDeskAction((status: TicketStatus, options) => setStatus({ threadId, status }, options), refresh);
}
