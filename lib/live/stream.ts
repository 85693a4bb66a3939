import "server-only";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import type { LiveEvents } from "@/lib/api/contracts";
import { listenToChanges, type Change } from "./changes";

/** How long a stream lives, in milliseconds. The browser opens the next one and proves its session again. */
export const LIFE_MS = 5 * 60_000;
/** How often every stream says that it is alive, in milliseconds. */
export const BEAT_MS = 10_000;
/** Changes within this time go out as one event, in milliseconds: many at once make one read each. */
const GATHER_MS = 50;
/** Events that may wait for a slow browser before its stream is ended. */
export const WAITING_MAX = 32;
/** Tickets one event names; of more it says that any may have changed. */
const NAMED_MAX = 100;

const open = processSingleton("live-streams", () => new Set<() => void>());

/** Streams this process has open. */
export function countLiveStreams(): number {
  return open.size;
}

/** Ends every stream of this process, before it ends itself. The browsers come back, to another process. */
export function endLiveStreams(): void {
  for (const end of open) end();
}

type Options = { memberId: string; signal: AbortSignal; onEnd: () => Promise<void>; lifeMs?: number };

/**
 * The body of a stream of server-sent events that tells `memberId` what has changed, never how: `hello` once it hears
 * everything, `changed`, and `beat`. It ends after `lifeMs`, when the browser goes or reads too slowly, when the
 * database's own stream is lost, and at once when the member is removed or ends their sessions; then `onEnd` runs,
 * once. Rejects where the database is away, `onEnd` run all the same.
 */
export async function openLiveStream(options: Options): Promise<ReadableStream<Uint8Array>> {
  const { memberId, signal, onEnd, lifeMs = LIFE_MS } = options;
  const { body, send, close } = eventStream(() => end());
  const gathered = gather((changed) => send("changed", changed));
  let leave = () => {};
  let isEnded = false;

  function hear(change: Change) {
    if (change.kind !== "member") gathered.add(change);
    else if (change.memberId === memberId) end();
  }
  function end() {
    if (isEnded) return;
    isEnded = true;
    open.delete(end);
    clearInterval(beat);
    clearTimeout(life);
    signal.removeEventListener("abort", end);
    gathered.stop();
    leave();
    close();
    onEnd().catch((error: unknown) => log.warn({ err: error }, "live seat not given back"));
  }

  open.add(end);
  const beat = setInterval(() => send("beat", {}), BEAT_MS);
  const life = setTimeout(end, lifeMs);
  signal.addEventListener("abort", end);
  try {
    leave = await listenToChanges({ heard: hear, lost: end });
  } catch (error) {
    end();
    throw error;
  }
  if (isEnded || signal.aborted) {
    leave();
    end();
  }
  send("hello", {});
  return body;
}

/** Server-sent events into a body that holds no more than a few for a browser that does not read; then `onLost`. */
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

/** Collects changes for a moment and hands them on together. */
function gather(handOn: (changed: LiveEvents["changed"]) => void) {
  let tickets = new Set<string | null>();
  let mail = false;
  let timer: NodeJS.Timeout | undefined;

  function flush() {
    timer = undefined;
    const ids = [...tickets].filter((id) => id !== null);
    const isAny = tickets.has(null) || ids.length > NAMED_MAX;
    handOn({ tickets: isAny ? "any" : ids, mail });
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
