"use client";
import { createContext, use, useState, useSyncExternalStore, type ReactNode } from "react";
import { serverNow, startServerClock } from "./server-clock";

// One clock for every age on the page. The browser hydrates with the time the server rendered at and only then
// starts to tick, so that both render the same text. It ticks by the server's time.

const ServerNow = createContext<string | null>(null);

/** Gives every age below it the time the server rendered at, ISO 8601. */
export function NowProvider({ now, children }: { now: string; children: ReactNode }) {
  // Before anything below reads the clock, and never on the server, whose own clock is right.
  useState(() => typeof window !== "undefined" && startServerClock(Date.parse(now)));
  return <ServerNow value={now}>{children}</ServerNow>;
}

function ticker(everyMs: number) {
  let current = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const listeners = new Set<() => void>();
  // Rounded down, so that no age shows before it is reached.
  const read = () => Math.floor(serverNow() / everyMs) * everyMs;
  function tick() {
    const next = read();
    if (next === current) return;
    current = next;
    for (const listener of listeners) listener();
  }
  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      timer ??= setInterval(tick, Math.min(everyMs, 1_000));
      document.addEventListener("visibilitychange", tick);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        document.removeEventListener("visibilitychange", tick);
      };
    },
    /** The same number until the next tick, as React requires of a snapshot. */
    read: () => (current = read()),
  };
}

const seconds = ticker(1_000);
const minutes = ticker(10_000);

/** The present in milliseconds, ticking every 10 seconds (every second if `precise`). */
export function useNow({ precise = false } = {}): number {
  const serverNow = use(ServerNow);
  const clock = precise ? seconds : minutes;
  return useSyncExternalStore(clock.subscribe, clock.read, () =>
    serverNow ? Date.parse(serverNow) : clock.read(),
  );
}

const never = () => () => {};

/** False on the server and while hydrating, then true. For values that only the browser knows. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
