"use client";
import { createContext, use, useEffect, useEffectEvent, useMemo, useState, type ReactNode } from "react";
import type { LiveEvents } from "@/lib/api/contracts";
import { openLiveSource } from "./live-source";

/** What has changed somewhere; null where anything may have, since the stream has only just begun. */
export type LiveChange = LiveEvents["changed"] | null;
type Listener = (change: LiveChange) => void;

type Live = { isLive: boolean; listen: (listener: Listener) => () => void };
const Current = createContext<Live>({ isLive: false, listen: () => () => {} });

/** Least time between two reads of one list because of what others did, in milliseconds. */
const READ_EVERY_MS = 1_000;
/** Readers of one desk do not all read in the same moment, in milliseconds. */
const JITTER_MS = 120;
/** How often what the stream keeps fresh is read all the same, in milliseconds. */
const SWEEP_MS = 30_000;

/** Hears what changes on the desk, for everything below that reads. */
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

/** How often to read by oneself, in milliseconds: `pollMs`, but seldom while the stream tells what has changed. */
export function useReadEvery(pollMs: number): number {
  return use(Current).isLive ? SWEEP_MS : pollMs;
}

/** True where some ticket changed. */
export function isOfTickets({ tickets }: LiveEvents["changed"]): boolean {
  return tickets === "any" || tickets.length > 0;
}

/** Calls `read` soon after a change that `concerns` says it shows, at most once a second. */
export function useReadOnChange(
  concerns: (change: LiveEvents["changed"]) => boolean,
  read: () => void,
): void {
  const { listen } = use(Current);
  const readNow = useEffectEvent(read);
  const isConcerned = useEffectEvent((change: LiveChange) => change === null || concerns(change));
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
