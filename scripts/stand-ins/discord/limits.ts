// Discord's rate limits. Its documentation says not to hard-code them, so a test may set others.

export type Limits = {
  /** Shared by all methods of one webhook. */
  webhook: { max: number; windowMs: number } | null;
  /** Shared by all webhooks of the channel; no header tells it. */
  channel: { max: number; windowMs: number } | null;
  /** Edits of messages older than `ageMs`. */
  oldEdits: { max: number; windowMs: number; ageMs: number } | null;
  global: { max: number; windowMs: number } | null;
};

/** As observed; Discord promises none of them. */
export const DISCORD_LIMITS: Limits = {
  webhook: { max: 5, windowMs: 2_000 },
  channel: { max: 30, windowMs: 60_000 },
  oldEdits: { max: 3, windowMs: 6_000, ageMs: 3_600_000 },
  global: { max: 50, windowMs: 1_000 },
};

export type Scope = "user" | "shared" | "global";
export type Limited = { retryAfterMs: number; scope: Scope; code?: number };

/** Takes `max` requests from the first one on, then none until `windowMs` have passed. */
class Window {
  private start = -Infinity;
  private used = 0;
  constructor(
    private readonly max: number,
    private readonly windowMs: number,
  ) {}

  /** Milliseconds to wait; 0 if the request was counted. */
  take(now: number): number {
    if (now - this.start >= this.windowMs) {
      this.start = now;
      this.used = 0;
    }
    if (this.used >= this.max) return this.start + this.windowMs - now;
    this.used += 1;
    return 0;
  }

  state(now: number): { limit: number; remaining: number; resetAfterMs: number } {
    const leftMs = Math.max(0, this.start + this.windowMs - now);
    return {
      limit: this.max,
      remaining: leftMs === 0 ? this.max : this.max - this.used,
      resetAfterMs: leftMs,
    };
  }
}

const OLD_EDITS_CODE = 30046;

/** Counts requests against the limits, and keeps the waits that answers asked for. */
export class Pace {
  private readonly webhooks = new Map<string, Window>();
  private readonly channel: Window | null;
  private readonly oldEdits: Window | null;
  private readonly all: Window | null;
  private readonly toldUntil = new Map<string, number>();

  constructor(private readonly limits: Limits) {
    const window = (limit: { max: number; windowMs: number } | null) =>
      limit && new Window(limit.max, limit.windowMs);
    this.channel = window(limits.channel);
    this.oldEdits = window(limits.oldEdits);
    this.all = window(limits.global);
  }

  /** True if this request comes before the end of a wait that an answer asked for. */
  isEarly(webhookId: string, editedAgeMs: number | null, now: number): boolean {
    const keys = ["global", webhookId, ...(this.isOld(editedAgeMs) ? ["old"] : [])];
    return keys.some((key) => (this.toldUntil.get(key) ?? 0) > now);
  }

  told(webhookId: string, { retryAfterMs, scope, code }: Limited, now: number): void {
    const own = code === OLD_EDITS_CODE ? "old" : webhookId;
    this.toldUntil.set(scope === "global" ? "global" : own, now + retryAfterMs);
  }

  check(webhookId: string, editedAgeMs: number | null, now: number): Limited | null {
    const globalMs = this.all?.take(now) ?? 0;
    if (globalMs > 0) return { retryAfterMs: globalMs, scope: "global" };
    const ownMs = this.windowOf(webhookId)?.take(now) ?? 0;
    if (ownMs > 0) return { retryAfterMs: ownMs, scope: "user" };
    const channelMs = this.channel?.take(now) ?? 0;
    if (channelMs > 0) return { retryAfterMs: channelMs, scope: "shared" };
    const oldMs = this.isOld(editedAgeMs) ? (this.oldEdits?.take(now) ?? 0) : 0;
    return oldMs > 0 ? { retryAfterMs: oldMs, scope: "shared", code: OLD_EDITS_CODE } : null;
  }

  /** Headers of every answer; the bucket's name is the same for all webhooks, as with Discord. */
  headers(webhookId: string, now: number): Record<string, string> {
    const window = this.windowOf(webhookId);
    if (!window) return {};
    const { limit, remaining, resetAfterMs } = window.state(now);
    return {
      "X-RateLimit-Limit": String(limit),
      "X-RateLimit-Remaining": String(remaining),
      "X-RateLimit-Reset": ((now + resetAfterMs) / 1000).toFixed(3),
      "X-RateLimit-Reset-After": (resetAfterMs / 1000).toFixed(3),
      "X-RateLimit-Bucket": "a1b2c3d4e5f6",
    };
  }

  private isOld(editedAgeMs: number | null): boolean {
    return editedAgeMs !== null && editedAgeMs > (this.limits.oldEdits?.ageMs ?? Infinity);
  }

  private windowOf(webhookId: string): Window | null {
    const limit = this.limits.webhook;
    if (!limit) return null;
    const known = this.webhooks.get(webhookId) ?? new Window(limit.max, limit.windowMs);
    this.webhooks.set(webhookId, known);
    return known;
  }
}
