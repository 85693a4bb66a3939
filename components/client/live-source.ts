import { LIVE_PATH } from "./desk-api";
import type { LiveEvents } from "@/lib/api/contracts";

/** The desk's stream beats every 10 s; one that is silent for this long is dead, whatever the socket says. */
const SILENCE_MS = 25_000;
/** Pauses before a stream that was refused is asked for again, in milliseconds; each may be half as long again. */
const PAUSE_MS = { first: 2_000, most: 60_000 };

type Handlers = {
  onLive: (isLive: boolean) => void;
  onChange: (change: LiveEvents["changed"] | null) => void;
};

/**
 * Keeps the desk's stream of changes open while the window is seen, until the returned function is called. `onLive`
 * says whether it is open; after each opening `onChange(null)` says that anything may have changed meanwhile.
 */
export function openLiveSource({ onLive, onChange }: Handlers): () => void {
  // A browser without it, or a test's, reads by itself.
  if (typeof EventSource === "undefined") return () => {};
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pauseMs = PAUSE_MS.first;

  function open() {
    close();
    source = new EventSource(LIVE_PATH);
    source.addEventListener("hello", () => {
      hear();
      onLive(true);
      onChange(null);
    });
    source.addEventListener("changed", (event: MessageEvent<string>) => {
      hear();
      // Written by lib/live/stream.ts, typed by the same contract.
      onChange(JSON.parse(event.data) as LiveEvents["changed"]);
    });
    source.addEventListener("beat", () => {
      pauseMs = PAUSE_MS.first; // it lives, rather than that it is given and taken again
      hear();
    });
    source.addEventListener("error", comeBack);
  }
  function hear() {
    clearTimeout(timer);
    timer = setTimeout(open, SILENCE_MS);
  }
  /** The browser's own way back is one pause for every desk at once, and none at all after a refusal. */
  function comeBack() {
    close();
    timer = setTimeout(open, pauseMs * (1 + Math.random() / 2));
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most);
  }
  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
    onLive(false);
  }
  function handleVisibility() {
    if (document.visibilityState === "hidden") close();
    else if (!source) open();
  }

  document.addEventListener("visibilitychange", handleVisibility);
  handleVisibility();
  return () => {
    document.removeEventListener("visibilitychange", handleVisibility);
    close();
  };
}
