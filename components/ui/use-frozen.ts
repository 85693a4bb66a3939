"use client";
import { useEffect, useRef, useState, type PointerEvent, type UIEvent } from "react";

/** How long a pointer counts as aiming after its last move, in milliseconds. */
const AIM_MS = 800;
const AT_TOP_PX = 8;

/** Whether a list must keep still: the reader has scrolled down in it or is aiming at a row. */
export function useFrozen() {
  const [isScrolled, setIsScrolled] = useState(false);
  const [isAiming, setIsAiming] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

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
    isAiming,
    isFrozen: isScrolled || isAiming,
    scrollHandlers: {
      onScroll: (event: UIEvent) => setIsScrolled(event.currentTarget.scrollTop > AT_TOP_PX),
    },
    pointerHandlers: { onPointerMove: handlePointerMove, onPointerLeave: handlePointerLeave },
  };
}
