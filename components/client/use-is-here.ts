"use client";
import { useCallback, useLayoutEffect, useRef } from "react";

/**
 * Tells whether the component is on the page. The cache of a list leaves together with the list, and SWR throws on a change
 * of it after that; events, answers and timers may come later.
 */
export function useIsHere(): () => boolean {
  const isHere = useRef(true);
  // Not an effect that runs after the paint: an event could come between the two.
  useLayoutEffect(() => {
    isHere.current = true;
    return () => void (isHere.current = false);
  }, []);
  return useCallback(() => isHere.current, []);
}
