import type { LiveEvents } from "@/lib/api/contracts";
import {
  OPENING_MAX_MS,
  openLiveSource,
  SILENCE_MS,
  type StreamHandlers,
  type StreamState,
} from "./live-source";
import type { LiveEvent, LiveLog } from "./live-log";

// One stream per browser and member. Of all visible windows one leads: it holds a lock, keeps the stream open, and passes
// each event on to the others.

/** How often the leader says that it is there, in milliseconds. */
const SAY_EVERY_MS = 10_000;

type Message =
  | { kind: "event"; event: LiveEvent }
  | { kind: "state"; state: StreamState }
  /** A window wants what changed since then, ISO 8601. */
  | { kind: "join"; since: string | null; window: string }
  | { kind: "welcome"; window: string; state: StreamState; events: LiveEvent[] };

type Options = StreamHandlers & {
  /** The events that came, `onEvent` included. */
  log: LiveLog;
};

/**
 * Brings the events of the live stream to this window while it is visible, until the returned function is called. A window
 * that hears nothing for 25 s takes the lead. Without the browser's locks, as on a plain address of a local network, each
 * window has its own stream.
 */
export function followLive(options: Options): () => void {
  // Without it, as in tests, the page only polls.
  if (typeof EventSource === "undefined") {
    options.onState("off");
    return () => {};
  }
  const isShared = "locks" in navigator && typeof BroadcastChannel !== "undefined";
  return whileVisible(() => {
    options.onState("opening");
    return isShared ? shareStream(options) : openLiveSource(options);
  });
}

/** Runs `start` whenever the window becomes visible, and what it returned when it is hidden or the caller stops. */
function whileVisible(start: () => () => void): () => void {
  let stop: (() => void) | null = null;
  function handleVisibility() {
    if (document.visibilityState === "hidden") {
      stop?.();
      stop = null;
    } else stop ??= start();
  }
  document.addEventListener("visibilitychange", handleVisibility);
  handleVisibility();
  return () => {
    document.removeEventListener("visibilitychange", handleVisibility);
    stop?.();
  };
}

function shareStream({ memberId, log, onEvent, onState, since }: Options): () => void {
  const name = `claimdesk.live.${memberId}`;
  const id = Math.random().toString(36).slice(2);
  const channel = new BroadcastChannel(name);
  const post = (message: Message) => channel.postMessage(message);
  let state: StreamState = "opening";
  let stopLeading: (() => void) | null = null;
  let waiting = new AbortController();
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;
  /** The leader has told what this window missed; from then on each event counts. */
  let isWelcome = false;

  const opening = setTimeout(() => setState("lost"), OPENING_MAX_MS);
  function setState(next: StreamState) {
    clearTimeout(opening);
    state = next;
    onState(next);
  }

  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (stopLeading) {
      if (data.kind === "join") welcome(data.window, data.since);
      return;
    }
    if (data.kind === "join" || (data.kind === "welcome" && data.window !== id)) return;
    listenForSilence();
    if (data.kind === "welcome") {
      isWelcome ||= data.state === "live";
      data.events.forEach(onEvent);
    }
    if (data.kind === "event") {
      if (isWelcome) onEvent(data.event);
    } else setState(data.state);
    // There was no leader yet, or it had no stream yet, when this window joined.
    if (!isWelcome && data.kind !== "welcome") join();
  });

  function join() {
    post({ kind: "join", since: since(), window: id });
  }

  function welcome(window: string, time: string | null) {
    const now = new Date(log.lastAt ?? 0).toISOString();
    const missed = time === null ? null : log.eventsSince(Date.parse(time));
    // A window that cannot be told everything reads everything.
    const hello: LiveEvents["hello"] = { now, from: missed && time !== null ? time : now };
    post({
      kind: "welcome",
      window,
      state,
      events: state === "live" ? [{ name: "hello", data: hello }, ...(missed ?? [])] : [],
    });
  }

  function listenForSilence() {
    clearTimeout(silence);
    silence = setTimeout(() => queueForLead({ steal: true }), SILENCE_MS);
  }

  /** Holds the lock until the window is hidden or closed, or another window steals it. */
  function lead(): Promise<void> {
    if (isStopped) return Promise.resolve();
    clearTimeout(silence);
    const done = Promise.withResolvers<void>();
    const tell = setInterval(() => post({ kind: "state", state }), SAY_EVERY_MS);
    const closeSource = openLiveSource({
      memberId,
      since,
      onEvent: (event) => {
        onEvent(event);
        post({ kind: "event", event });
      },
      onState: (next) => {
        setState(next);
        post({ kind: "state", state: next });
      },
    });
    stopLeading = () => {
      stopLeading = null;
      clearInterval(tell);
      closeSource();
      done.resolve();
    };
    return done.promise;
  }

  function queueForLead({ steal = false } = {}) {
    waiting.abort();
    waiting = new AbortController();
    const { signal } = waiting;
    navigator.locks.request(name, steal ? { steal } : { signal }, lead).catch(() => {
      // Another window stole the lock from this one, or this one gave up waiting.
      if (signal.aborted || isStopped) return;
      stopLeading?.();
      follow();
    });
  }

  function follow() {
    isWelcome = false;
    listenForSilence();
    join();
    queueForLead();
  }

  follow();
  return () => {
    isStopped = true;
    clearTimeout(silence);
    clearTimeout(opening);
    waiting.abort();
    stopLeading?.();
    channel.close();
  };
}
