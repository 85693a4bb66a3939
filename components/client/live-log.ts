import type { LiveEvents } from "@/lib/api/contracts";
import type { Ticket } from "@/lib/api/vocabulary";

export type LiveEvent = {
  [Name in keyof LiveEvents]: { name: Name; data: LiveEvents[Name] };
}[keyof LiveEvents];

/** Events kept, and for how long, in milliseconds: for pages that were rendered before they came and open after. */
const KEPT_MAX = 200;
const KEPT_MS = 5 * 60_000;

/** The events of the last minutes. Times are the server's, in milliseconds. */
export class LiveLog {
  private events: { at: number; event: LiveEvent }[] = [];
  /** Every change after it is in the log; null before the first stream. */
  private from: number | null = null;
  /** The time of the newest event; null before the first. */
  lastAt: number | null = null;

  /** Adds an event. Returns the time before which changes may be unknown: older data is to be read again. Usually null. */
  add(event: LiveEvent): number | null {
    const at = Date.parse(event.data.now);
    const from = event.name === "hello" ? Date.parse(event.data.from) : at;
    const isGap = event.name === "any" || (event.name === "hello" && this.isGapBefore(from));
    if (isGap) {
      this.events = [];
      this.from = from;
    } else if (event.name === "rows" || event.name === "counts") {
      this.events.push({ at, event });
      this.forgetBefore(at - KEPT_MS);
    }
    this.lastAt = Math.max(this.lastAt ?? 0, at);
    return isGap ? from : null;
  }

  /** The events after `since`, and perhaps some before; null if it does not know all of them. */
  eventsSince(since: number): LiveEvent[] | null {
    if (this.from === null || since < this.from) return null;
    // An event may tell of a change from just before its time.
    return this.events.filter(({ at }) => at >= since - 2_000).map(({ event }) => event);
  }

  /** The ticket as it was last heard of. */
  ticketOf(threadId: string): Ticket | null {
    for (const { event } of this.events.toReversed()) {
      if (event.name !== "rows") continue;
      const row = event.data.rows.find(({ ticket }) => ticket._id === threadId);
      if (row) return row.ticket;
    }
    return null;
  }

  private isGapBefore(from: number): boolean {
    return this.lastAt === null || from > this.lastAt;
  }

  private forgetBefore(time: number): void {
    while (this.events.length > KEPT_MAX || (this.events[0]?.at ?? time) < time) {
      const [forgotten] = this.events.splice(0, 1);
      this.from = Math.max(this.from ?? 0, forgotten?.at ?? 0);
    }
  }
}
