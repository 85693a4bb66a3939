import type { IconName } from "@/components/ui/Icon";
import type { CountsResponse } from "@/lib/api/contracts";

type Place = { href: string; name: string; icon: IconName; count?: keyof CountsResponse };

/** The entries of the navigation, in order. */
export const PLACES: Place[] = [
  { href: "/dashboard/tickets/unassigned", name: "Unassigned", icon: "inbox", count: "unassigned" },
  { href: "/dashboard/tickets/mine", name: "Mine", icon: "mine", count: "mine" },
  { href: "/dashboard/tickets", name: "All", icon: "all", count: "all" },
  { href: "/dashboard/mail", name: "Mail", icon: "mail" },
];
