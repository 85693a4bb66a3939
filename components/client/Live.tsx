"use client";
import { createContext, use, useEffect, useEffectEvent, useMemo, useState, type ReactNode } from "react";
import { noteServerTime } from "@/components/ui/server-clock";
import { LiveLog, type LiveEvent } from "./live-log";
import type { StreamState } from "./live-source";
import { followLive } from "./live-windows";

/** `unknownBefore`: data from before this time is to be read again; null if the events tell all that changed. */
type Listener = (event: LiveEvent, unknownBefore: number | null) => void;
type Live = { state: StreamState; log: LiveLog; listen: (listener: Listener) => () => void };
const Current = createContext<Live>({ state: "off", log: new LiveLog(), listen: () => () => {} });

/** Shortest time between two reads of one list after changes by others, in milliseconds. */
export const READ_EVERY_MS = 1_000;
/** Spreads the reads of all windows after one change, in milliseconds. */
export const JITTER_MS = 120;
/** The same if all windows read everything, as after a lost stream. */
export const GAP_JITTER_MS = 1_000;
/** Time between reads of lists that the stream does not bring, while it is open, in milliseconds. */
const SWEEP_MS = 30_000;

type Props = {
  memberId: string;
  /** The server's time before it read this page, ISO 8601. */
  now: string;
  children: ReactNode;
};

/** Listens to the changes of the desk for all readers below. */
export function LiveProvider({ memberId, now, children }: Props) {
  const [state, setState] = useState<StreamState>("opening");
  const [log] = useState(() => new LiveLog());
  const [listeners] = useState(() => new Set<Listener>());
  const hear = useEffectEvent((event: LiveEvent) => {
    noteServerTime(Date.parse(event.data.now));
    const unknownBefore = log.add(event);
    for (const tell of listeners) tell(event, unknownBefore);
  });
  const since = useEffectEvent(() => (log.lastAt === null ? now : new Date(log.lastAt).toISOString()));
  useEffect(
    () =>
      followLive({
        memberId,
        log,
        onEvent: (event) => hear(event),
        onState: setState,
        since: () => since(),
      }),
    [memberId, log],
  );
  const live = useMemo(
    () => ({
      state,
      log,
      listen: (listener: Listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    }),
    [state, log, listeners],
  );
  return <Current value={live}>{children}</Current>;
}

export function useLive(): Live {
  return use(Current);
}

/** True if the page has to read by itself, since no stream brings the changes. */
export function useIsPolling(): boolean {
  const { state } = useLive();
  return state === "lost" || state === "off";
}

/** Time between two reads without a change: `pollMs`, or 30 s while the stream is open. In milliseconds. */
export function useReadEvery(pollMs: number): number {
  return useIsPolling() ? pollMs : SWEEP_MS;
}

/** Calls `listener` for each event of the stream. */
export function useLiveEvents(listener: Listener): void {
  const { listen } = useLive();
  const hear = useEffectEvent(listener);
  useEffect(() => listen((event, unknownBefore) => hear(event, unknownBefore)), [listen]);
}

/** `read`, called soon after each call, at most once a second. `stop` forgets what was asked for. */
export function readSoon(read: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastRead = -Infinity;
  return {
    ask: (jitterMs = JITTER_MS) => {
      const rest = Math.max(0, lastRead + READ_EVERY_MS - performance.now());
      timer ??= setTimeout(
        () => {
          timer = undefined;
          lastRead = performance.now();
          read();
        },
        rest + Math.random() * jitterMs,
      );
    },
    isAsked: () => timer !== undefined,
    stop: () => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
