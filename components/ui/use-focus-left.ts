"use client";
import { useEffectEvent, useLayoutEffect, type RefObject } from "react";

/** Calls `onLeft` if the element leaves the page while the focus is in it, so that the focus can go on from a near place. */
export function useFocusLeft(element: RefObject<HTMLElement | null>, onLeft: () => void): void {
  const handOn = useEffectEvent(onLeft);
  useLayoutEffect(() => {
    const own = element.current;
    return () => {
      if (own?.contains(document.activeElement)) handOn();
    };
  }, [element]);
}
