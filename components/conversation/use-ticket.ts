"use client";
import { useRef, useState } from "react";
import { fetchTicket, ticketPath } from "@/components/client/desk-api";
import { useLiveRead } from "@/components/client/use-live-read";
import { useShown, type Expected } from "@/components/client/use-shown";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { patchTicket } from "./patch-ticket";

/** The part of a conversation before the shown one. */
export type Earlier = {
  /** There is one. */
  isMore: boolean;
  state: "unasked" | "reading" | "failed" | "shown";
  show: () => Promise<void>;
};

type LiveTicket = TicketDetailResponse & {
  earlier: Earlier;
  /**
   * Resolves when the page shows the ticket as `isExpected` says, with its messages: brought by the live stream, or read
   * again.
   */
  refresh: (isExpected?: Expected) => Promise<unknown>;
};

/**
 * The ticket, kept up to date from what the server rendered at `readAt` (ISO 8601), with the earlier parts of its conversation that were asked
 * for. While the desk is away, the last read stays.
 */
export function useTicket(rendered: TicketDetailResponse, readAt?: string): LiveTicket {
  const threadId = rendered.ticket._id;
  const shownBy = useShown();
  /** How many parts are shown, and the earlier ones among them by their cursors. */
  const shown = useRef({ parts: 1, earlier: new Map<string, TicketDetailResponse>() });
  const [state, setState] = useState<Earlier["state"]>("unasked");
  const { data, extend, whenIdle } = useLiveRead<TicketDetailResponse>(ticketPath(threadId), {
    read: readShown,
    initial: rendered,
    readAt,
    apply: (current, event) => (event.name === "rows" ? patchTicket(current, event.data) : current),
  });
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
      await extend(
        () => fetchTicket(threadId, cursor),
        (current, older) => {
          if (current.olderCursor !== cursor) return current;
          shown.current.earlier.set(cursor, older);
          shown.current.parts += 1;
          return joined(older, current);
        },
      );
      setState("shown");
    } catch {
      setState("failed");
    }
  }

  async function refresh(isExpected: Expected = null) {
    shown.current.earlier.clear();
    await shownBy(threadId, isExpected);
    await whenIdle();
  }

  return { ...detail, earlier: { isMore: detail.olderCursor !== null, state, show }, refresh };
}

/** The part `older` and what follows it. */
function joined(older: TicketDetailResponse, newer: TicketDetailResponse): TicketDetailResponse {
  return {
    ...newer,
    messages: [...older.messages, ...newer.messages],
    history: [...older.history, ...newer.history],
    olderCursor: older.olderCursor,
  };
}
