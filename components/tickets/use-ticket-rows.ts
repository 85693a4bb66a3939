"use client";
import { useRef, useState, type PointerEvent, type UIEvent } from "react";
import type { TicketSummary } from "@/lib/tickets/ticket";
import { dropRow, firstRows, settleRows } from "./settle-rows";

/** A pointer that has not moved for this long is not aiming any more, in milliseconds. */
const AIM_MS = 800;
const AT_TOP_PX = 8;

/** The rows to show for what was read, and the handlers that tell when they must keep still. */
export function useTicketRows(path: string, tickets: TicketSummary[]) {
  const [isScrolled, setIsScrolled] = useState(false);
  const [isAiming, setIsAiming] = useState(false);
  const [state, setState] = useState(() => firstRows(path, tickets));
  const isHeld = isScrolled || isAiming;

  if (state.path !== path) setState(firstRows(path, tickets));
  else if (state.source !== tickets || (state.waiting > 0 && !isHeld))
    setState(settleRows(state, tickets, isHeld));

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  function handlePointerMove(event: PointerEvent) {
    if (event.pointerType !== "mouse") return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsAiming(false), AIM_MS);
    setIsAiming(true);
  }
  function handlePointerLeave() {
    clearTimeout(timer.current);
    setIsAiming(false);
  }

  return {
    rows: state.rows,
    waiting: state.waiting,
    isAiming,
    drop: (threadId: string) => setState((before) => dropRow(before, threadId)),
    showWaiting: () => setState((before) => settleRows(before, before.source, false)),
    scrollHandlers: {
      onScroll: (event: UIEvent) => setIsScrolled(event.currentTarget.scrollTop > AT_TOP_PX),
    },
    pointerHandlers: { onPointerMove: handlePointerMove, onPointerLeave: handlePointerLeave },
  };
}
