import type { LiveEvents } from "@/lib/api/contracts";

export type LiveEvent = {
  [Name in keyof LiveEvents]: { name: Name; data: LiveEvents[Name] };
}[keyof LiveEvents];

/** The ids of the tickets that the event is about; "any" if it says that any may have changed. */
export function namedIn(event: LiveEvent): string[] {
  if (event.name === "any") return ["any"];
  if (event.name !== "rows") return [];
  const { rows, gone, messages, deliveries } = event.data;
  const ids = [...rows.map(({ ticket }) => ticket._id), ...deliveries.map(({ threadId }) => threadId)];
  return [...new Set([...ids, ...gone, ...messages])];
}

/** Reads server-sent events. `next` waits for one, and resolves to null after the stream has ended. */
export function readEvents(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  async function next(): Promise<LiveEvent | null> {
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
  }
  return {
    next,
    /** The data of the next event with this name. Throws if the stream ends before. */
    async nextOf<Name extends keyof LiveEvents>(name: Name): Promise<LiveEvents[Name]> {
      for (;;) {
        const event = await next();
        if (!event) throw new Error(`The stream ended without an event "${name}".`);
        if (event.name === name) return event.data as LiveEvents[Name]; // its name says so
      }
    },
    /** Waits for the end of the stream, and returns the events until then. */
    async rest(): Promise<LiveEvent[]> {
      const events: LiveEvent[] = [];
      for (let event = await next(); event; event = await next()) events.push(event);
      return events;
    },
    cancel: () => reader.cancel(),
  };
}

function parse(lines: string): LiveEvent {
  const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(lines) ?? [];
  // lib/live writes them, typed by the same contract.
  return { name, data: JSON.parse(data ?? "") } as LiveEvent;
}
