import { LIVE_PATH } from "./desk-api";
import type { LiveEvents } from "@/lib/api/contracts";

/** The stream has an event every 10 s; after this time without one it is dead, even if its socket is open. */
const SILENCE_MS = 25_000;
/** Pauses before a refused stream is opened again, in milliseconds, each up to half as long again by chance. */
const PAUSE_MS = { first: 2_000, most: 60_000 };

type Handlers = {
  onLive: (isLive: boolean) => void;
  onChange: (change: { tickets: string[] | "any"; mail: boolean } | null) => void;
};

/**
 * Keeps the stream of changes open while the window is visible, until the returned function is called. `onLive` tells
 * whether it is open. Each opening calls `onChange(null)`, since anything may have changed meanwhile.
 */
export function openLiveSource({ onLive, onChange }: Handlers): () => void {
  // Without it, as in tests, the page only polls.
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
    source.addEventListener("rows", (event: MessageEvent<string>) => {
      hear();
      // Written by lib/live/board.ts, typed by the same contract.
      const { rows, gone, messages, deliveries, mail } = JSON.parse(event.data) as LiveEvents["rows"];
      const ids = [...rows.map(({ ticket }) => ticket._id), ...deliveries.map(({ threadId }) => threadId)];
      onChange({ tickets: [...ids, ...gone, ...messages], mail });
    });
    source.addEventListener("any", () => {
      hear();
      onChange({ tickets: "any", mail: true });
    });
    source.addEventListener("beat", () => {
      pauseMs = PAUSE_MS.first; // reset only once the stream is stable
      hear();
    });
    source.addEventListener("error", comeBack);
  }
  function hear() {
    clearTimeout(timer);
    timer = setTimeout(open, SILENCE_MS);
  }
  /** The browser would open it again after the same pause in every window, and never after a refusal. */
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
