"use client";
import { useRef, useState } from "react";
import useSWR from "swr";
import { fetchTicket, ticketPath } from "@/components/client/desk-api";
import { useRefreshDesk } from "@/components/client/desk-swr";
import { useConnectionReport } from "@/components/client/Connection";
import { useReadOnChange } from "@/components/client/Live";
import type { TicketDetailResponse } from "@/lib/api/contracts";

/** The part of a conversation before the shown one. */
export type Earlier = {
  /** There is one. */
  isMore: boolean;
  state: "unasked" | "reading" | "failed" | "shown";
  show: () => Promise<void>;
};

type LiveTicket = TicketDetailResponse & {
  earlier: Earlier;
  /** Reads the ticket and every list again, now. Resolves when that is done or has failed. */
  refresh: () => Promise<unknown>;
};

/**
 * The ticket, kept up to date from what the server rendered, with the earlier parts of its conversation that were asked
 * for. While the desk is away, the last read stays.
 */
export function useTicket(rendered: TicketDetailResponse): LiveTicket {
  const threadId = rendered.ticket._id;
  const refreshDesk = useRefreshDesk();
  /** How many parts are shown, and the earlier ones among them by their cursors. */
  const shown = useRef({ parts: 1, earlier: new Map<string, TicketDetailResponse>() });
  const [state, setState] = useState<Earlier["state"]>("unasked");
  const { data, error, mutate } = useSWR<TicketDetailResponse, unknown>(ticketPath(threadId), readShown, {
    fallbackData: rendered,
  });
  useConnectionReport(error);
  useReadOnChange(
    ({ tickets }) => tickets === "any" || tickets.includes(threadId),
    () => void mutate(),
  );
  const detail = data ?? rendered;

  /** An earlier part is read again only if the part after it begins elsewhere by now. */
  async function readShown(): Promise<TicketDetailResponse> {
    let detail = await fetchTicket(threadId);
    const earlier = new Map<string, TicketDetailResponse>();
    for (let part = 1; part < shown.current.parts && detail.olderCursor !== null; part += 1) {
      const cursor = detail.olderCursor;
      const older = shown.current.earlier.get(cursor) ?? (await fetchTicket(threadId, cursor));
      earlier.set(cursor, older);
      detail = joined(older, detail);
    }
    shown.current.earlier = earlier;
    return detail;
  }

  async function show() {
    const cursor = detail.olderCursor;
    if (cursor === null) return;
    setState("reading");
    try {
      const older = await fetchTicket(threadId, cursor);
      shown.current.earlier.set(cursor, older);
      shown.current.parts += 1;
      await mutate((current = rendered) =>
        current.olderCursor === cursor ? joined(older, current) : current,
      );
      setState("shown");
    } catch {
      setState("failed");
    }
  }

  async function refresh() {
    shown.current.earlier.clear();
    await refreshDesk();
  }

  return { ...detail, earlier: { isMore: detail.olderCursor !== null, state, show }, refresh };
}

/** The part `older` and what follows it. */
function joined(older: TicketDetailResponse, newer: TicketDetailResponse): TicketDetailResponse {
  return {
    ticket: newer.ticket,
    messages: [...older.messages, ...newer.messages],
    history: [...older.history, ...newer.history],
    olderCursor: older.olderCursor,
  };
}
