// What can go wrong between here and Discord, one request at a time.

export type Fault =
  /** An answer of a proxy, as a page, before or after the request was done. */
  | { kind: "status"; status: number; when: "before" | "after" }
  | { kind: "reset"; when: "before" | "after" }
  /** Nothing is ever answered. */
  | { kind: "hang"; when: "before" | "after" }
  | { kind: "delay"; ms: number }
  /** 504 now; done so long afterwards, or when the test says so, on top of whatever came later. */
  | { kind: "lands_late"; afterMs?: number }
  /** Done at once, and answered when the test says so: the answer is under way for as long. */
  | { kind: "held" }
  /** Done, and 200 with half of the answer. */
  | { kind: "truncated" }
  /** Done, and the answer comes a byte at a time, `ms` between two. */
  | { kind: "drip"; ms: number }
  /** Cloudflare: 429 without a header that says how long. */
  | { kind: "turned_away"; as: "json" | "html" }
  | { kind: "rate_limited"; retryAfterSeconds: number; scope: "user" | "shared" | "global"; code?: number }
  /** An error of Discord's own, not done. */
  | { kind: "error"; status: number; code?: number; message?: string; errors?: unknown };

export type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Planned = { fault: Fault; method: Method | null };

type Late = { apply: () => void; atMs: number | null };

/** Faults wait in a row; each strikes the next request of its method. */
export class Faults {
  private planned: Planned[] = [];
  private late: Late[] = [];
  private answers: (() => void)[] = [];
  private onHeld: (() => void)[] = [];

  /** Lets the next `times` requests (of `method`, or of any) meet this fault. */
  next(fault: Fault, { method = null, times = 1 }: { method?: Method | null; times?: number } = {}): void {
    for (let made = 0; made < times; made += 1) this.planned.push({ fault, method });
  }

  /** Lets the very next request meet this fault; what is returned takes it back where none has come. */
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

  /** Does now what was answered with 504 before and names no time of its own. */
  land(): void {
    this.landWhere(({ atMs }) => atMs === null);
  }

  /** Does what has landed by `nowMs`. */
  landDue(nowMs: number): void {
    this.landWhere(({ atMs }) => atMs !== null && atMs <= nowMs);
  }

  /** Keeps an answer back until `letGo`. */
  hold(respond: () => void): void {
    this.answers.push(respond);
    for (const resolve of this.onHeld.splice(0)) resolve();
  }

  /** Once an answer is kept back. */
  held(): Promise<void> {
    return new Promise((resolve) => this.onHeld.push(resolve));
  }

  letGo(): void {
    for (const respond of this.answers.splice(0)) respond();
  }

  private landWhere(lands: (late: Late) => boolean): void {
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
