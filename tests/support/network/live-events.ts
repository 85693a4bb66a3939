import type { LiveEvents } from "@/lib/api/contracts";

export type LiveEvent = {
  [Name in keyof LiveEvents]: { name: Name; data: LiveEvents[Name] };
}[keyof LiveEvents];

/** Reads server-sent events. `next` waits for one, and resolves to null after the stream has ended. */
export function readEvents(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    async next(): Promise<LiveEvent | null> {
      for (;;) {
        const end = text.indexOf("\n\n");
        if (end >= 0) {
          const event = parse(text.slice(0, end));
          text = text.slice(end + 2);
          return event;
        }
        const { value, done } = await reader.read();
        if (done) return null;
        text += decoder.decode(value, { stream: true });
      }
    },
    cancel: () => reader.cancel(),
  };
}

function parse(lines: string): LiveEvent {
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(lines) ?? [];
  // lib/live/stream.ts writes them, typed by the same contract.
  return { name, data: JSON.parse(data ?? "") } as LiveEvent;
}
