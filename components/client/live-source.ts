import type { LiveEvents } from "@/lib/api/contracts";
import { LIVE_PATH } from "./desk-api";
import type { LiveEvent } from "./live-log";

/** The stream has an event every 10 s; after this time without one it is dead, even if its socket is open. */
export const SILENCE_MS = 25_000;
/** Pauses before a lost or refused stream is opened again, in milliseconds, each up to half as long again by chance. */
const PAUSE_MS = { first: 2_000, most: 60_000 };
/** Longest time that a stream may take to open before the page reads by itself, in milliseconds. */
export const OPENING_MAX_MS = 5_000;
/** After a planned end the next stream opens within this time, in milliseconds: not in all browsers at once. */
const NEXT_MS = 500;

/**
 * - `opening`: it is expected within seconds.
 * - `live`: every change comes.
 * - `lost`: it broke off, and is opened again.
 * - `off`: it was refused, or there is none.
 */
export type StreamState = "opening" | "live" | "lost" | "off";

export type StreamHandlers = {
  onEvent: (event: LiveEvent) => void;
  onState: (state: StreamState) => void;
  memberId: string;
  /** The server's time of what the page has; ISO 8601. */
  since: () => string | null;
};

const NAMES = ["hello", "rows", "any", "counts", "beat", "bye"] as const satisfies (keyof LiveEvents)[];

/** Keeps a stream open until the returned function is called. */
export function openLiveSource({ memberId, onEvent, onState, since }: StreamHandlers): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let opening: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = PAUSE_MS.first;

  function open() {
    close();
    const time = since();
    const query = new URLSearchParams({ member: memberId, ...(time === null ? {} : { since: time }) });
    const current = new EventSource(`${LIVE_PATH}?${query}`);
    source = current;
    opening ??= setTimeout(() => onState("lost"), OPENING_MAX_MS);
    timer = setTimeout(reopen, SILENCE_MS);
    for (const name of NAMES) {
      current.addEventListener(name, ({ data }: MessageEvent<string>) => {
        if (current !== source) return;
        // Written by lib/live/board.ts, typed by the same contract.
        hear({ name, data: JSON.parse(data) } as LiveEvent);
      });
    }
    current.addEventListener("error", () => current === source && comeBack(current.readyState === 2));
  }
  function hear(event: LiveEvent) {
    clearTimeout(timer);
    if (event.name === "bye") {
      close();
      opening = setTimeout(() => onState("lost"), OPENING_MAX_MS);
      timer = setTimeout(open, Math.random() * NEXT_MS);
      return;
    }
    timer = setTimeout(reopen, SILENCE_MS);
    if (event.name === "beat") pauseMs = PAUSE_MS.first; // reset only once the stream is stable
    onEvent(event);
    if (event.name !== "hello") return;
    clearTimeout(opening);
    opening = undefined;
    onState("live");
  }
  function reopen() {
    onState("lost");
    open();
  }
  /** The browser would open it again after the same pause in every window, and never after a refusal. */
  function comeBack(isRefused: boolean) {
    close();
    onState(isRefused ? "off" : "lost");
    timer = setTimeout(open, pauseMs * (1 + Math.random() / 2));
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most);
  }
  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }
  function handleOnline() {
    if (!source) open();
  }

  window.addEventListener("online", handleOnline);
  open();
  return () => {
    window.removeEventListener("online", handleOnline);
    close();
    clearTimeout(opening);
  };
}
