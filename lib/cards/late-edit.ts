import "server-only";
import type { StoredCard } from "@/models/CardModel";
import { isLater } from "./destination";

/** Pause after an edit of unknown outcome, in milliseconds; most late edits have landed by then. */
export const LATE_EDIT_MS = 5_000;
/**
 * Pauses before the checks that compare the card with Discord's message: after the next edit, then after each check. An
 * old edit that lands on top of a newer one within their sum (5 min 35 s) is noticed and corrected.
 */
const CHECK_WAITS_MS = [5_000, 30_000, 300_000] as const;

/** How many checks a card has left, and when the next one is due. */
export type Checks = Pick<StoredCard, "verifyLeft" | "verifyAt">;

export const NO_CHECKS: Checks = { verifyLeft: 0, verifyAt: null };
/** After an edit of unknown outcome; the first check becomes due after the next successful edit. */
export const ALL_CHECKS: Checks = { verifyLeft: CHECK_WAITS_MS.length, verifyAt: null };

/** The checks after a successful edit at `at`. A check that is planned already keeps its time. */
export function checksAfterEdit({ verifyLeft, verifyAt }: StoredCard, at: Date): Checks {
  return isLater(verifyAt ?? null, at) ? { verifyLeft, verifyAt: verifyAt ?? null } : planned(verifyLeft, at);
}

/** The checks after reading the message at `at`: one less, if a check was due. */
export function checksAfterLook(card: StoredCard, at: Date): Checks {
  const { verifyLeft, verifyAt } = card;
  return isCheckDue(card, at) ? planned(verifyLeft - 1, at) : { verifyLeft, verifyAt: verifyAt ?? null };
}

/** The checks after a read that found an unexpected text: all but the one just made. */
export function checksAfterSurprise(card: StoredCard, at: Date): Checks {
  return card.verifyLeft > 0 ? checksAfterLook(card, at) : planned(CHECK_WAITS_MS.length - 1, at);
}

/** Whether a check is due. */
export function isCheckDue({ verifyLeft, verifyAt }: StoredCard, at: Date): boolean {
  return verifyLeft > 0 && !isLater(verifyAt ?? null, at);
}

function planned(verifyLeft: number, at: Date): Checks {
  const waitMs = CHECK_WAITS_MS[CHECK_WAITS_MS.length - verifyLeft];
  if (waitMs === undefined) return NO_CHECKS;
  return { verifyLeft, verifyAt: new Date(at.getTime() + waitMs) };
}
