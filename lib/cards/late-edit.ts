import "server-only";
import type { StoredCard } from "@/models/CardModel";
import { isLater } from "./destination";

/** Wait before an edit whose outcome is unknown is followed by the next one, in milliseconds; most have landed by then. */
export const LATE_EDIT_MS = 5_000;
/**
 * Waits before the card is compared with what Discord shows: after the edit that followed, then after each other. What
 * lands within their sum on top of a newer edit is noticed and put right.
 */
const CHECK_WAITS_MS = [5_000, 30_000, 300_000] as const;

/** Which checks a card still has before it, and when the next one is due. */
export type Checks = Pick<StoredCard, "verifyLeft" | "verifyAt">;

export const NO_CHECKS: Checks = { verifyLeft: 0, verifyAt: null };
/** After an edit of unknown outcome; the first check is due once the next edit has gone through. */
export const ALL_CHECKS: Checks = { verifyLeft: CHECK_WAITS_MS.length, verifyAt: null };

/** The checks after an edit at `at` that went through. One that is planned stays where it is. */
export function checksAfterEdit({ verifyLeft, verifyAt }: StoredCard, at: Date): Checks {
  return isLater(verifyAt ?? null, at) ? { verifyLeft, verifyAt: verifyAt ?? null } : planned(verifyLeft, at);
}

/** The checks after a look at the message at `at`, of which each uses up one, unless it came before its time. */
export function checksAfterLook(card: StoredCard, at: Date): Checks {
  const { verifyLeft, verifyAt } = card;
  return isCheckDue(card, at) ? planned(verifyLeft - 1, at) : { verifyLeft, verifyAt: verifyAt ?? null };
}

/** The checks after a look that found what nobody had looked for: all but the one that was just made. */
export function checksAfterSurprise(card: StoredCard, at: Date): Checks {
  return card.verifyLeft > 0 ? checksAfterLook(card, at) : planned(CHECK_WAITS_MS.length - 1, at);
}

/** Whether the card is to be compared now; a change that comes to nothing does not bring a check forward. */
export function isCheckDue({ verifyLeft, verifyAt }: StoredCard, at: Date): boolean {
  return verifyLeft > 0 && !isLater(verifyAt ?? null, at);
}

function planned(verifyLeft: number, at: Date): Checks {
  const waitMs = CHECK_WAITS_MS[CHECK_WAITS_MS.length - verifyLeft];
  if (waitMs === undefined) return NO_CHECKS;
  return { verifyLeft, verifyAt: new Date(at.getTime() + waitMs) };
}
