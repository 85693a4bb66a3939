import "server-only";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import type { LiveEvents } from "@/lib/api/contracts";
import { listenToChanges, type Change } from "./changes";

/** How long a stream lives, in milliseconds. The browser then opens another, for which its session is checked again. */
export const LIFE_MS = 5 * 60_000;
/** How often every stream sends a `beat`, in milliseconds. */
const BEAT_MS = 10_000;
/** Changes within this time go out as one event, so that many at once cause one read; in milliseconds. */
const GATHER_MS = 50;
/** Events that may queue for a slow browser before its stream ends. */
const WAITING_MAX = 32;
/** Most tickets that one event names; with more it says "any". */
const TICKETS_NAMED_MAX = 100;

const openStreams = processSingleton("live-streams", () => new Set<() => void>());

/** Number of open streams in this process. */
export function countLiveStreams(): number {
  return openStreams.size;
}

/** Ends every stream of this process, which is about to stop. The browsers reconnect to another process. */
export function endLiveStreams(): void {
  for (const end of openStreams) end();
}

type Options = { memberId: string; signal: AbortSignal; onEnd: () => Promise<void>; lifeMs?: number };

/**
 * A response body of server-sent events for `memberId`, which name what has changed: `hello` once no change is missed,
 * then `changed` and `beat`. It ends after `lifeMs`, when the browser leaves or reads too slowly, when the change stream
 * is lost, and at once when the member is removed or ends their sessions; then `onEnd` runs once, also if this
 * rejects because the database is away.
 */
export async function openLiveStream(options: Options): Promise<ReadableStream<Uint8Array>> {
  const { memberId, signal, onEnd, lifeMs = LIFE_MS } = options;
  const { body, send, close } = eventStream(() => end());
  const gathering = gather((changed) => send("changed", changed));
  let stopListening = () => {};
  let isEnded = false;

  function handleChange(change: Change) {
    if (change.kind !== "member") gathering.add(change);
    else if (change.memberId === memberId) end();
  }
  function end() {
    if (isEnded) return;
    isEnded = true;
    openStreams.delete(end);
    clearInterval(beat);
    clearTimeout(life);
    signal.removeEventListener("abort", end);
    gathering.stop();
    stopListening();
    close();
    onEnd().catch((error: unknown) => log.warn({ err: error }, "live slot not released"));
  }

  openStreams.add(end);
  const beat = setInterval(() => send("beat", {}), BEAT_MS);
  const life = setTimeout(end, lifeMs);
  signal.addEventListener("abort", end);
  try {
    stopListening = await listenToChanges({ onChange: handleChange, onLost: end });
  } catch (error) {
    end();
    throw error;
  }
  if (isEnded || signal.aborted) {
    stopListening();
    end();
  }
  send("hello", {});
  return body;
}

/** A body of server-sent events. Calls `onLost` if the browser leaves or the queue of unread events is full. */
function eventStream(onLost: () => void) {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const body = new ReadableStream<Uint8Array>(
    {
      start: (its) => void (controller = its),
      cancel: () => {
        controller = null;
        onLost();
      },
    },
    new CountQueuingStrategy({ highWaterMark: WAITING_MAX }),
  );
  return {
    body,
    send<Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): void {
      if (!controller) return;
      if ((controller.desiredSize ?? 0) <= 0) return onLost();
      controller.enqueue(encoder.encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
    },
    close(): void {
      controller?.close();
      controller = null;
    },
  };
}

/** Collects changes for a moment and sends them together. */
function gather(sendAll: (changed: LiveEvents["changed"]) => void) {
  let tickets = new Set<string | null>();
  let mail = false;
  let timer: NodeJS.Timeout | undefined;

  function flush() {
    timer = undefined;
    const ids = [...tickets].filter((id) => id !== null);
    const isAny = tickets.has(null) || ids.length > TICKETS_NAMED_MAX;
    sendAll({ tickets: isAny ? "any" : ids, mail });
    tickets = new Set();
    mail = false;
  }
  return {
    add(change: Exclude<Change, { kind: "member" }>) {
      if (change.kind === "ticket") tickets.add(change.threadId);
      else mail = true;
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: () => clearTimeout(timer),
  };
}
