import "server-only";

/** Most tickets remembered, and for how long, in milliseconds. A stream lives shorter. */
const KEPT_MAX = 2_000;
const KEPT_MS = 10 * 60_000;
/** A process that rendered a page may have another clock than this one; in milliseconds. */
const SKEW_MS = 5_000;

/** The last change of a ticket: when this process heard of it, and what it last told about the ticket. */
export type Heard = {
  at: number;
  /** It has got messages. */
  hasMessages: boolean;
  revision?: number;
  assignedTo?: string | null;
  givenBackTo?: string | null;
};

/** The tickets that changed in the last minutes, so that a browser that was away for a moment learns just those. */
export class Recent {
  private readonly tickets = new Map<string, Heard>();
  /** Every change after it is remembered, in milliseconds. */
  private start: number;

  constructor(now: number) {
    this.start = now;
  }

  add(threadId: string, change: Partial<Heard>, now: number): void {
    const before = this.tickets.get(threadId);
    this.tickets.delete(threadId);
    this.tickets.set(threadId, { hasMessages: false, ...before, ...change, at: now });
    this.forgetBefore(now - KEPT_MS);
  }

  /** Notes what was told about a ticket. */
  tell(threadId: string, told: Pick<Heard, "revision" | "assignedTo" | "givenBackTo">): void {
    const heard = this.tickets.get(threadId);
    if (heard) Object.assign(heard, told);
  }

  get(threadId: string): Heard | undefined {
    return this.tickets.get(threadId);
  }

  /** More has changed than is remembered. */
  forgetAll(now: number): void {
    this.tickets.clear();
    this.start = now;
  }

  /**
   * All tickets that changed after `from`, which is a little before `since`; null if it does not remember so long, or if
   * `since` is by a clock that is ahead of this one.
   */
  changedSince(since: number, now: number): { from: number; tickets: [string, Heard][] } | null {
    if (since < this.start || since > now) return null;
    const from = Math.max(since - SKEW_MS, this.start);
    const tickets: [string, Heard][] = [];
    for (const entry of [...this.tickets].reverse()) {
      if (entry[1].at < from) break;
      tickets.push(entry);
    }
    return { from, tickets };
  }

  private forgetBefore(time: number): void {
    for (const [threadId, { at }] of this.tickets) {
      if (at >= time && this.tickets.size <= KEPT_MAX) break;
      this.tickets.delete(threadId);
      this.start = Math.max(this.start, at + SKEW_MS);
    }
  }
}
