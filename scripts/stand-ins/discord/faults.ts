// Faults between the desk and Discord, one request at a time.

export type Fault =
  /** A proxy answers with a page, before or after Discord carried out the request. */
  | { kind: "status"; status: number; when: "before" | "after" }
  | { kind: "reset"; when: "before" | "after" }
  /** No answer ever comes. */
  | { kind: "hang"; when: "before" | "after" }
  /** 504 at once; carried out `afterMs` later, or at `land()`, over any newer edit. */
  | { kind: "lands_late"; afterMs?: number }
  /** Carried out at once; answered at `letGo()`. */
  | { kind: "held" }
  /** Carried out and answered at `letGo()`, as if its sender had slept before it sent the request. */
  | { kind: "frozen" }
  /** Carried out; 200 with half of the answer. */
  | { kind: "truncated" }
  /** Carried out; the answer comes one byte at a time, every `ms`. */
  | { kind: "drip"; ms: number }
  /** Cloudflare's 429, which does not say how long to wait. */
  | { kind: "turned_away"; as: "json" | "html" }
  | { kind: "rate_limited"; retryAfterSeconds: number; scope: "user" | "shared" | "global"; code?: number }
  /** Something on the way answers with JSON of its own; the request does not reach Discord. */
  | { kind: "foreign"; status: number; body: unknown }
  /** An error of Discord itself; the request is not carried out. */
  | { kind: "error"; status: number; code?: number; message?: string; errors?: unknown };

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Planned = { fault: Fault; method: Method | null };

type Late = { apply: () => void; atMs: number | null };

/** A queue of faults; each hits the next request of its method. */
export class Faults {
  private planned: Planned[] = [];
  private late: Late[] = [];
  private answers: (() => void)[] = [];
  private onHeld: (() => void)[] = [];

  /** Puts this fault on the next `times` requests (of `method`, or of any). */
  next(fault: Fault, { method = null, times = 1 }: { method?: Method | null; times?: number } = {}): void {
    for (let made = 0; made < times; made += 1) this.planned.push({ fault, method });
  }

  /** Puts this fault on the very next request. The returned function takes it back if no request has come. */
  strike(fault: Fault): () => void {
    const planned = { fault, method: null };
    this.planned.unshift(planned);
    return () => (this.planned = this.planned.filter((other) => other !== planned));
  }

  take(method: Method): Fault | null {
    const index = this.planned.findIndex((planned) => planned.method === null || planned.method === method);
    return index < 0 ? null : (this.planned.splice(index, 1)[0]?.fault ?? null);
  }

  clear(): void {
    this.planned = [];
  }

  landsLate(apply: () => void, atMs: number | null): void {
    this.late.push({ apply, atMs });
  }

  /** Carries out the late requests that have no `afterMs`. */
  land(): void {
    this.landIf(({ atMs }) => atMs === null);
  }

  /** Carries out the late requests that are due by `nowMs`. */
  landDue(nowMs: number): void {
    this.landIf(({ atMs }) => atMs !== null && atMs <= nowMs);
  }

  /** Holds an answer back until `letGo()`. */
  hold(respond: () => void): void {
    this.answers.push(respond);
    for (const resolve of this.onHeld.splice(0)) resolve();
  }

  /** Resolves once an answer is held back. */
  held(): Promise<void> {
    return new Promise((resolve) => this.onHeld.push(resolve));
  }

  letGo(): void {
    for (const respond of this.answers.splice(0)) respond();
  }

  private landIf(lands: (late: Late) => boolean): void {
    const landing = this.late.filter(lands);
    this.late = this.late.filter((late) => !lands(late));
    for (const { apply } of landing) apply();
  }
}

export const BLOCKED_JSON = {
  code: 0,
  message:
    "You are being blocked from accessing our API temporarily due to exceeding our rate limits frequently.",
};
export const BLOCKED_HTML = "<!doctype html><title>Access denied</title><body>error code: 1015</body>";

export function pageOf(status: number): string {
  return `<!doctype html><title>${status}</title><center><h1>${status}</h1></center><hr><center>cloudflare</center>`;
}
