import type { IconName } from "@/components/ui/Icon";
import type { Count, CountsResponse, Place as Counted } from "@/lib/api/contracts";
import type { Role } from "@/lib/api/vocabulary";

export type Place = { href: string; name: string; icon: IconName; count?: Counted };

/** The lists of tickets, in order. */
export const TICKET_PLACES: Place[] = [
  { href: "/dashboard/tickets/unassigned", name: "Unassigned", icon: "inbox", count: "unassigned" },
  { href: "/dashboard/tickets/mine", name: "Mine", icon: "mine", count: "mine" },
  { href: "/dashboard/tickets", name: "All", icon: "all", count: "all" },
];

const TEAM: Place = { href: "/dashboard/team", name: "Team", icon: "team" };
const MAIL: Place = { href: "/dashboard/mail", name: "Mail", icon: "mail" };
const SETTINGS: Place = { href: "/dashboard/settings", name: "Settings", icon: "settings" };

/** The pages about the desk itself that this role may open. */
export function deskPlaces(role: Role): Place[] {
  return role === "admin" ? [TEAM, MAIL, SETTINGS] : [TEAM, MAIL];
}

/** The places that stand at the foot of a phone. */
export const PHONE_PLACES: Place[] = [...TICKET_PLACES, MAIL];

/** Those that have no room there: they are in the member's menu. */
export function phoneMenuPlaces(role: Role): Place[] {
  return deskPlaces(role).filter((place) => !PHONE_PLACES.includes(place));
}

export type Looks = { count: Count; words: "needs a look" | "need a look" };

/** How many tickets of the place need a look; null if none. */
export function looksOf(place: Counted | undefined, counts: CountsResponse | undefined): Looks | null {
  const count = place && counts?.[`${place}NeedsLook`];
  if (!count) return null;
  return { count, words: count === 1 ? "needs a look" : "need a look" };
}
