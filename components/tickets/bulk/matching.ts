import { BULK_MAX, JOB_MAX, type Count } from "@/lib/api/contracts";
import { countText } from "./bulk-words";

// How screens name the tickets of a list that are not all loaded.

/** The tickets that a list has: those that are shown, and `matching` in all; null if nobody counts them. */
export type Extent = { shown: number; hasMore: boolean; matching: Count | null };

/** True if the list has more tickets than one request can name. */
export function needsJob({ shown, hasMore, matching }: Extent): boolean {
  return hasMore || shown > BULK_MAX || (typeof matching === "number" && matching > shown);
}

/** "240", "the first 1,000", or null if nobody counts them. */
function amountOf({ matching }: Extent): string | null {
  if (matching === null) return null;
  return typeof matching === "number" && matching <= JOB_MAX
    ? countText(matching)
    : `the first ${countText(JOB_MAX)}`;
}

/** "Select all 12 shown". */
export function selectShownText({ shown }: Extent): string {
  return shown > BULK_MAX ? `Select the first ${BULK_MAX}` : `Select all ${countText(shown)} shown`;
}

/** "Select all 240 that match". */
export function selectMatchingText(extent: Extent): string {
  return `Select ${withAll(amountOf(extent))} that match`;
}

/** "All 240 that match". */
export function matchingText(extent: Extent): string {
  const text = `${withAll(amountOf(extent))} that match`;
  const limit = amountOf(extent) === null ? `, at most ${countText(JOB_MAX)}` : "";
  return text.charAt(0).toUpperCase() + text.slice(1) + limit;
}

/** "all 240 tickets of this list", for a question. */
export function ticketsOfList(extent: Extent): string {
  const amount = amountOf(extent);
  return amount === null ? "all tickets of this list" : `${withAll(amount)} tickets of this list`;
}

function withAll(amount: string | null): string {
  if (amount === null) return "all";
  return amount.startsWith("the") ? amount : `all ${amount}`;
}
