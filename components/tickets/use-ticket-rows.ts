"use client";
import { useState } from "react";
import { useStillness } from "@/components/ui/use-stillness";
import type { TicketSummary } from "@/lib/api/vocabulary";
import { dropRow, firstRows, settleRows } from "./settle-rows";

/** The rows to show for what was read, and the handlers that tell when they must keep still. */
export function useTicketRows(path: string, tickets: TicketSummary[]) {
  const { isAiming, isHeld, scrollHandlers, pointerHandlers } = useStillness();
  const [state, setState] = useState(() => firstRows(path, tickets));

  if (state.path !== path) setState(firstRows(path, tickets));
  else if (state.source !== tickets || (state.waiting > 0 && !isHeld))
    setState(settleRows(state, tickets, isHeld));

  return {
    rows: state.rows,
    waiting: state.waiting,
    isAiming,
    drop: (threadId: string) => setState((before) => dropRow(before, threadId)),
    showWaiting: () => setState((before) => settleRows(before, before.source, false)),
    scrollHandlers,
    pointerHandlers,
  };
}
