"use client";
import { useEffect, useEffectEvent, useRef } from "react";

/**
 * Returns a function that runs `act` once the mouse button or finger that is down is up and has clicked; at once if none is
 * down. Whatever `act` moves on the page does not move away from under the press.
 */
export function useAfterPress(act: () => void): () => void {
  const press = useRef<"none" | "down" | "awaited">("none");
  const release = useEffectEvent(() => {
    const isAwaited = press.current === "awaited";
    press.current = "none";
    if (isAwaited) act();
  });
  useEffect(() => {
    const ending = new AbortController();
    const options = { capture: true, signal: ending.signal };
    document.addEventListener("mousedown", () => (press.current = "down"), options);
    // On its way up: what was clicked has done its own by then.
    document.addEventListener("click", () => release(), { signal: ending.signal });
    return () => ending.abort();
  }, []);
  return () => {
    if (press.current === "none") act();
    else press.current = "awaited";
  };
}
