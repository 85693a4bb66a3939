import type { IconName } from "@/components/ui/Icon";
import type { Count, CountsResponse, Place as Counted } from "@/lib/api/contracts";

type Place = { href: string; name: string; icon: IconName; count?: Counted };

/** The entries of the navigation, in order. */
export const PLACES: Place[] = [
  { href: "/dashboard/tickets/unassigned", name: "Unassigned", icon: "inbox", count: "unassigned" },
  { href: "/dashboard/tickets/mine", name: "Mine", icon: "mine", count: "mine" },
  { href: "/dashboard/tickets", name: "All", icon: "all", count: "all" },
  { href: "/dashboard/mail", name: "Mail", icon: "mail" },
];

export type Looks = { count: Count; words: "needs a look" | "need a look" };

/** How many tickets of the place need a look; null if none. */
export function looksOf(place: Counted | undefined, counts: CountsResponse | undefined): Looks | null {
  const count = place && counts?.[`${place}NeedsLook`];
  if (!count) return null;
  return { count, words: count === 1 ? "needs a look" : "need a look" };
}
