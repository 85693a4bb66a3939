"use client";
import { createContext, use, useEffect, useEffectEvent, useMemo, useState, type ReactNode } from "react";
import { openLiveSource } from "./live-source";

/** A change on the desk; null at the start of a stream, when anything may have changed. */
export type LiveChange = { tickets: string[] | "any"; mail: boolean };
type Listener = (change: LiveChange | null) => void;

type Live = { isLive: boolean; listen: (listener: Listener) => () => void };
const Current = createContext<Live>({ isLive: false, listen: () => () => {} });

/** Shortest time between two reads of one list after changes by others, in milliseconds. */
const READ_EVERY_MS = 1_000;
/** Spreads the reads of all windows after one change, in milliseconds. */
const JITTER_MS = 120;
/** Time between reads while the stream is open, in milliseconds: in case it missed a change. */
const SWEEP_MS = 30_000;

/** Listens to the changes of the desk for all readers below. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [isLive, setIsLive] = useState(false);
  const [listeners] = useState(() => new Set<Listener>());
  useEffect(
    () =>
      openLiveSource({ onLive: setIsLive, onChange: (change) => listeners.forEach((tell) => tell(change)) }),
    [listeners],
  );
  const live = useMemo(
    () => ({
      isLive,
      listen: (listener: Listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    }),
    [isLive, listeners],
  );
  return <Current value={live}>{children}</Current>;
}

/** Time between two reads without a change: `pollMs`, or 30 s while the stream is open. In milliseconds. */
export function useReadEvery(pollMs: number): number {
  return use(Current).isLive ? SWEEP_MS : pollMs;
}

/** True if some ticket changed. */
export function isOfTickets({ tickets }: LiveChange): boolean {
  return tickets === "any" || tickets.length > 0;
}

/** Calls `read` soon after each change for which `concerns` is true, at most once a second. */
export function useReadOnChange(concerns: (change: LiveChange) => boolean, read: () => void): void {
  const { listen } = use(Current);
  const readNow = useEffectEvent(read);
  const isConcerned = useEffectEvent((change: LiveChange | null) => change === null || concerns(change));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastRead = -Infinity;
    const readSoon = () => {
      const rest = Math.max(0, lastRead + READ_EVERY_MS - performance.now());
      timer ??= setTimeout(
        () => {
          timer = undefined;
          lastRead = performance.now();
          readNow();
        },
        rest + Math.random() * JITTER_MS,
      );
    };
    const leave = listen((change) => {
      if (isConcerned(change)) readSoon();
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [listen]);
}
