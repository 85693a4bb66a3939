"use client";
import { useState } from "react";
import { useLive } from "@/components/client/Live";
import { useFrozen } from "@/components/ui/use-frozen";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { dropRow, firstRows, isBehind, settleRows, type Stillness } from "./settle-rows";

/** The rows to show `reader` after the last read of `path`, and the handlers that freeze them. */
export function useTicketRows(path: string, tickets: TicketSummary[], reader: string) {
  const { isAiming, isFrozen, scrollHandlers, pointerHandlers } = useFrozen();
  const { log } = useLive();
  const newest = (threadId: string) => log.ticketOf(threadId);
  const [state, setState] = useState(() => firstRows(path, tickets));
  const atRest: Stillness = isFrozen ? "scrolled" : "free";
  const still = isAiming ? "aimed" : atRest;

  if (state.path !== path) setState(firstRows(path, tickets));
  else if (state.source !== tickets || isBehind(state, still))
    setState(settleRows(state, tickets, { still, reader, newest }));

  return {
    rows: state.rows,
    waiting: state.waiting,
    isAiming,
    drop: (threadId: string) => setState((before) => dropRow(before, threadId)),
    showWaiting: () =>
      setState((before) => settleRows(before, before.source, { still: "free", reader, newest })),
    scrollHandlers,
    pointerHandlers,
  };
}
