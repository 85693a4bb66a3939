import "server-only";
import type { DeadReason, Failure } from "@/lib/discord/failure";
import type { StoredCard } from "@/models/CardModel";
import { ALL_CHECKS, LATE_EDIT_MS } from "./late-edit";

/** Pause before a first post of unknown outcome is retried, in milliseconds. */
const UNCERTAIN_POST_WAIT_MS = 30_000;
const BACKOFF_FIRST_MS = 1_000;
const BACKOFF_MAX_MS = 15 * 60_000;
/** A card whose requests failed for this long is given up until the ticket changes. */
const FAILING_MAX_MS = 24 * 3_600_000;
/** Pause of the whole webhook after a refusal that Discord did not confirm, since every card may meet it. */
const NOT_CONFIRMED_WAIT_MS = 30_000;

export type Request = "post" | "edit" | "read";

/** `not_confirmed`: Discord refused the webhook, but not when it was asked for the webhook itself. */
export type CardFailure = Failure | { kind: "not_confirmed"; isKnown: boolean };

/** The fields of a card after a failed request, and when it is due again (null: when the ticket changes). */
export type Consequence = {
  set: Partial<StoredCard>;
  dueAt: Date | null;
  destination?:
    | { kind: "paused"; reason: DeadReason }
    | { kind: "blocked"; until: Date; scope: "webhook" | "global" | "old_edits" }
    | { kind: "machine_blocked" };
};

/** Maps a failed request to its consequence. Pure but for the jitter; `at` is when the answer came. */
export function consequenceOf(
  failure: CardFailure,
  request: Request,
  card: StoredCard,
  at: Date,
): Consequence {
  // After a clear refusal nothing was posted.
  const unsent: Partial<StoredCard> = request === "post" ? { state: "new" } : {};
  switch (failure.kind) {
    case "rate_limited": {
      const until = later(at, failure.retryAfterMs + 50 + Math.random() * 200);
      return { set: unsent, dueAt: at, destination: { kind: "blocked", until, scope: failure.scope } };
    }
    case "blocked":
      return { set: unsent, dueAt: at, destination: { kind: "machine_blocked" } };
    case "webhook_dead":
      return { set: unsent, dueAt: at, destination: { kind: "paused", reason: failure.reason } };
    case "not_found":
      return retried(card, at, unsent);
    case "intercepted":
      return retried(card, at, unsent, { told: interceptedBy(failure.status) });
    case "not_confirmed": {
      const until = later(at, NOT_CONFIRMED_WAIT_MS);
      const told = failure.isKnown ? REFUSED_BUT_KNOWN : REFUSED_UNCLEARLY;
      return {
        ...retried(card, at, unsent, { told }),
        destination: { kind: "blocked", until, scope: "webhook" },
      };
    }
    case "gone":
      return request === "post" ? retried(card, at, unsent) : deleted();
    case "invalid":
      return refused(failure.detail, card, at, unsent);
    case "ambiguous":
      return request === "post"
        ? uncertainPost(at)
        : retried(card, at, UNCERTAIN_EDIT, { waitMinMs: LATE_EDIT_MS });
    case "not_sent":
    case "transient":
      return retried(card, at, unsent);
  }
}

/** Why a card is retried, and why it was given up after a day of that. */
type Told = { now: string; after: string };

const NO_ANSWER: Told = {
  now: "Discord did not answer. It is tried again.",
  after: "Discord could not be reached for a day.",
};
const REFUSED_BUT_KNOWN: Told = {
  now: "Discord refused the card, though it knows the webhook. It is tried again.",
  after: "Discord refused the card for a day, though it knows the webhook.",
};
const REFUSED_UNCLEARLY: Told = {
  now: "Discord refused the card, and did not say clearly why. It is tried again.",
  after: "Discord refused the card for a day, and did not say clearly why.",
};

function interceptedBy(status: number): Told {
  const refused = `Something between the desk and Discord refused the card (${status})`;
  return { now: `${refused}. It is tried again.`, after: `${refused} for a day.` };
}

const UNCERTAIN_EDIT: Partial<StoredCard> = { syncedHash: null, ...ALL_CHECKS };

function deleted(): Consequence {
  const lastError =
    "The card was deleted in Discord. It comes back when the customer writes again or somebody posts it again.";
  return { set: { state: "gone", messageId: null, lastError }, dueAt: null };
}

function uncertainPost(at: Date): Consequence {
  return {
    set: { lastError: "Discord did not confirm the card. It is posted again, so it may appear twice." },
    dueAt: later(at, UNCERTAIN_POST_WAIT_MS),
  };
}

/** A card whose posts all stayed unconfirmed, so that only a person may ask for another. */
export const GIVEN_UP_POSTING: Partial<StoredCard> = {
  state: "dead",
  lastError:
    "Discord never confirmed the card. Look in the channel: it may be there, more than once or not at all.",
};

function refused(detail: string, card: StoredCard, at: Date, unsent: Partial<StoredCard>): Consequence {
  if (!card.withoutCustomerText) return { set: { ...unsent, withoutCustomerText: true }, dueAt: at };
  return { set: { state: "dead", lastError: `Discord refuses the card (${detail}).` }, dueAt: null };
}

function retried(
  card: StoredCard,
  at: Date,
  set: Partial<StoredCard>,
  { waitMinMs = BACKOFF_FIRST_MS, told = NO_ANSWER }: { waitMinMs?: number; told?: Told } = {},
): Consequence {
  const failingSince = card.failingSince ?? at;
  if (at.getTime() - failingSince.getTime() >= FAILING_MAX_MS) {
    return { set: { ...set, state: "dead", lastError: told.after }, dueAt: null };
  }
  const ceilingMs = Math.min(BACKOFF_FIRST_MS * 2 ** card.attempts, BACKOFF_MAX_MS);
  return {
    set: { ...set, attempts: card.attempts + 1, failingSince, lastError: told.now },
    dueAt: later(at, Math.max(waitMinMs, Math.random() * ceilingMs)),
  };
}

export function later(at: Date, byMs: number): Date {
  return new Date(at.getTime() + byMs);
}
