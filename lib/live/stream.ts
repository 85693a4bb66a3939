import "server-only";
import { log } from "@/lib/log";
import { encodeEvent, existingBoard, liveBoard, type LiveReads, type LiveWindow } from "./board";

/** How long a stream lives, in milliseconds. The browser then opens another, for which its session is checked again. */
export const LIFE_MS = 5 * 60_000;
/** How often every stream sends a `beat`, in milliseconds. */
const BEAT_MS = 10_000;
/** Events that may queue for a slow browser before its stream ends. */
const WAITING_MAX = 32;

/** Number of open streams in this process. */
export function countLiveStreams(): number {
  return existingBoard()?.windows.size ?? 0;
}

/** Ends every stream of this process, which is about to stop. The browsers reconnect to another process. */
export function endLiveStreams(): void {
  existingBoard()?.close();
}

type Options = {
  memberId: string;
  reads: LiveReads;
  /** The server's time of what the browser has already. */
  since?: Date | undefined;
  signal: AbortSignal;
  onEnd: () => Promise<void>;
  lifeMs?: number;
  beatMs?: number;
};

/**
 * A response body of server-sent events for `memberId`, as `LiveEvents` describes them. It ends after `lifeMs`, when the
 * browser leaves or reads too slowly, when the change stream is lost, and at once when the member is removed or ends
 * their sessions; then `onEnd` runs once, also if this rejects because the database is away.
 */
export async function openLiveStream(options: Options): Promise<ReadableStream<Uint8Array>> {
  const { memberId, reads, since, signal, onEnd, lifeMs = LIFE_MS, beatMs = BEAT_MS } = options;
  const board = liveBoard(reads);
  const { body, send, close } = eventStream(() => end());
  const window: LiveWindow = { memberId, send, end };
  let isEnded = false;

  function end() {
    if (isEnded) return;
    isEnded = true;
    clearInterval(beat);
    clearTimeout(life);
    signal.removeEventListener("abort", end);
    board.remove(window);
    close();
    onEnd().catch((error: unknown) => log.warn({ err: error }, "live slot not released"));
  }

  const now = () => ({ now: new Date().toISOString() });
  // Without beats the browser takes the stream for dead, and reads by itself.
  const beat = setInterval(() => board.isFresh() && send(encodeEvent("beat", now())), beatMs);
  const life = setTimeout(() => {
    send(encodeEvent("bye", now()));
    end();
  }, lifeMs);
  signal.addEventListener("abort", end);
  try {
    await board.open();
  } catch (error) {
    end();
    throw error;
  }
  if (signal.aborted) end();
  if (!isEnded) board.add(window, (since ?? new Date()).getTime());
  return body;
}

/** A body of server-sent events. Calls `onLost` if the browser leaves or the queue of unread events is full. */
function eventStream(onLost: () => void) {
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
    send(event: Uint8Array): void {
      if (!controller) return;
      if ((controller.desiredSize ?? 0) <= 0) return onLost();
      controller.enqueue(event);
    },
    close(): void {
      controller?.close();
      controller = null;
    },
  };
}
