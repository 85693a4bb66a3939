"use client";
import { useCallback, useEffect, useEffectEvent, useRef } from "react";
import useSWR, { type SWRConfiguration } from "swr";
import { serverNow } from "@/components/ui/server-clock";
import { useConnectionReport } from "./Connection";
import { GAP_JITTER_MS, readSoon, useLive } from "./Live";
import type { LiveEvent } from "./live-log";
import { useIsHere } from "./use-is-here";

/** An event may tell of a change that was made this long before it, in milliseconds. */
const STREAM_DELAY_MAX_MS = 2_000;

type Options<Data> = {
  /** `shown` is the data that the page shows by then. */
  read: (shown: Data | undefined) => Promise<Data>;
  /** As the server read it while rendering, and the server's time before that, ISO 8601. */
  initial: Data | undefined;
  readAt: string | undefined;
  /** The data after an event: the same object if the event changes nothing of it, null if it has to be read again. */
  apply: (data: Data, event: LiveEvent) => Data | null;
} & SWRConfiguration;

/**
 * Data that the events of the live stream keep up to date. It is read again only if an event does not tell enough, if
 * changes may have been missed, and now and then while there is no stream.
 */
export function useLiveRead<Data>(key: string, { read, initial, readAt, apply, ...config }: Options<Data>) {
  const { log, listen } = useLive();
  const isHere = useIsHere();
  /** When the newest data was read, by the server's time. */
  const dataAt = useRef(-Infinity);
  /** For each read under way, the events that came meanwhile: its answer may be older or newer than they are. */
  const underWay = useRef(new Set<LiveEvent[]>());
  const soon = useRef<ReturnType<typeof readSoon> | null>(null);
  const idle = useRef(new Set<() => void>());

  /** Runs `work`, then applies the events that came meanwhile to its result. */
  async function withEvents<Part>(
    work: () => Promise<Part>,
    finish: (part: Part, applied: (data: Data) => Data) => unknown,
  ): Promise<void> {
    const events: LiveEvent[] = [];
    underWay.current.add(events);
    try {
      const part = await work();
      await finish(part, (data) => events.reduce(appliedTo, data));
    } catch (error) {
      underWay.current.delete(events);
      for (const event of events) hearNow(event);
      throw error;
    } finally {
      underWay.current.delete(events);
      tellIdle();
    }
  }

  function appliedTo(data: Data, event: LiveEvent): Data {
    const next = apply(data, event);
    if (next === null) soon.current?.ask();
    return next ?? data;
  }

  async function readAll(): Promise<Data> {
    const startedAt = serverNow();
    let result: Data | undefined;
    await withEvents(
      () => read(data ?? initial),
      (data, applied) => {
        dataAt.current = startedAt;
        result = applied(data);
      },
    );
    return result as Data; // set by `finish`, or the error is thrown
  }

  const swr = useSWR<Data, unknown>([key, readAt ?? ""], readAll, { ...config, fallbackData: initial });
  const { data, error, mutate } = swr;
  useConnectionReport(error);

  function hearNow(event: LiveEvent): void {
    if (!isHere()) return;
    if (underWay.current.size > 0) {
      for (const events of underWay.current) events.push(event);
      return;
    }
    void mutate((current = initial) => current && appliedTo(current, event), { revalidate: false });
  }

  function tellIdle(): void {
    if (underWay.current.size > 0 || soon.current?.isAsked()) return;
    for (const tell of idle.current) tell();
    idle.current.clear();
  }

  const hear = useEffectEvent((event: LiveEvent, unknownBefore: number | null) => {
    if (unknownBefore !== null && unknownBefore > dataAt.current) soon.current?.ask(GAP_JITTER_MS);
    else hearNow(event);
  });
  const readNow = useEffectEvent(() => void (isHere() && mutate().finally(tellIdle)));
  const catchUp = useEffectEvent((since: number) => {
    dataAt.current = since;
    const missed = log.eventsSince(since);
    if (missed) missed.forEach(hearNow);
    // Before the first stream, its `hello` decides.
    else if (log.lastAt !== null) soon.current?.ask();
  });
  useEffect(() => {
    const reads = readSoon(() => readNow());
    soon.current = reads;
    const leave = listen((event, unknownBefore) => hear(event, unknownBefore));
    if (readAt !== undefined) catchUp(Date.parse(readAt));
    return () => {
      leave();
      reads.stop();
    };
  }, [listen, key, readAt]);

  return {
    data,
    error,
    isLoading: swr.isLoading,
    /** Reads everything again, now. */
    refresh: useCallback(async () => (isHere() ? mutate() : undefined), [mutate, isHere]),
    /** Adds what `readPart` reads to the data that is there by then. */
    extend: async <Part>(readPart: () => Promise<Part>, merge: (data: Data, part: Part) => Data) =>
      withEvents(readPart, async (part, applied) => {
        if (!isHere()) return;
        await mutate((current = initial) => current && applied(merge(current, part)), { revalidate: false });
        // SWR drops the answer of a read that was under way before.
        if (underWay.current.size > 1) soon.current?.ask();
      }),
    /** The data has every change until this time of the server's, in milliseconds; 0 if nothing was read yet. */
    completeUntil: () => Math.max(0, dataAt.current, (log.lastAt ?? 0) - STREAM_DELAY_MAX_MS),
    /** Resolves when no read is under way or about to begin. */
    whenIdle: () =>
      new Promise<void>((resolve) => {
        idle.current.add(resolve);
        tellIdle();
      }),
  };
}
