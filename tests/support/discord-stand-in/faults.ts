// What can go wrong between here and Discord, one request at a time.

export type Fault =
  /** An answer of a proxy, as a page, before or after the request was done. */
  | { kind: "status"; status: number; when: "before" | "after" }
  | { kind: "reset"; when: "before" | "after" }
  /** Nothing is ever answered. */
  | { kind: "hang"; when: "before" | "after" }
  | { kind: "delay"; ms: number }
  /** 504 now; done when the test says so, on top of whatever came later. */
  | { kind: "lands_late" }
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

/** Faults wait in a row; each strikes the next request of its method. */
export class Faults {
  private planned: Planned[] = [];
  private late: (() => void)[] = [];

  /** Lets the next `times` requests (of `method`, or of any) meet this fault. */
  next(fault: Fault, { method = null, times = 1 }: { method?: Method | null; times?: number } = {}): void {
    for (let made = 0; made < times; made += 1) this.planned.push({ fault, method });
  }

  take(method: Method): Fault | null {
    const index = this.planned.findIndex((planned) => planned.method === null || planned.method === method);
    return index < 0 ? null : (this.planned.splice(index, 1)[0]?.fault ?? null);
  }

  clear(): void {
    this.planned = [];
  }

  landsLate(apply: () => void): void {
    this.late.push(apply);
  }

  /** Whether something answered with 504 is still to be done. */
  get isLandingLate(): boolean {
    return this.late.length > 0;
  }

  /** Does now what was answered with 504 before. */
  land(): void {
    for (const apply of this.late.splice(0)) apply();
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
