"use client";
import { useCallback } from "react";
import type { Ticket } from "@/lib/api/vocabulary";
import { useRefreshDesk } from "./desk-swr";
import { useLive } from "./Live";

/** Longest wait for the live stream after an answer, in milliseconds. It usually is there before the answer. */
const STREAM_MAX_MS = 1_000;

/** True for a ticket as it is after an answer; null if the answer does not tell that. */
export type Expected = ((ticket: Ticket) => boolean) | null;

/**
 * Returns a function that waits until the page shows a ticket as `isExpected` says: as soon as the live stream has brought
 * it, and otherwise once the page has been read again.
 */
export function useShown(): (threadId: string, isExpected: Expected) => Promise<void> {
  const allShown = useAllShown();
  return useCallback(
    (threadId, isExpected) => allShown(new Map(isExpected && [[threadId, isExpected]])),
    [allShown],
  );
}

/** The same for several tickets, by their ids. If none is named, the page is read again. */
export function useAllShown(): (expected: Map<string, NonNullable<Expected>>) => Promise<void> {
  const { state, log, listen } = useLive();
  const refresh = useRefreshDesk();
  return useCallback(
    async (expected) => {
      const isShown = () =>
        [...expected].every(([threadId, isExpected]) => {
          const ticket = log.ticketOf(threadId);
          return ticket !== null && isExpected(ticket);
        });
      if (state === "live" && expected.size > 0 && (isShown() || (await heard(listen, isShown)))) return;
      await refresh();
    },
    [state, log, listen, refresh],
  );
}

/** True once `isShown` holds after an event; false if it does not in time. */
function heard(listen: ReturnType<typeof useLive>["listen"], isShown: () => boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const leave = listen(() => isShown() && end(true));
    const timer = setTimeout(() => end(false), STREAM_MAX_MS);
    function end(isHeard: boolean) {
      leave();
      clearTimeout(timer);
      resolve(isHeard);
    }
  });
}
