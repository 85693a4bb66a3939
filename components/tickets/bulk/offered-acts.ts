import type { View } from "@/lib/api/ticket-lists";
import type { TeamMember, TicketSummary } from "@/lib/api/vocabulary";

/** The acts that a member may carry out on at least one of the selected tickets. */
export type OfferedActs = { claim: boolean; assign: boolean; status: boolean; unclaim: boolean };

type Held = Pick<TicketSummary, "assignedTo" | "handover">;

/** The rules are the server's; an act that it would refuse for each of the tickets is not offered. Pure. */
export function offeredActs(tickets: Held[], member: Pick<TeamMember, "id" | "role">): OfferedActs {
  const isAdmin = member.role === "admin";
  const isFree = ({ assignedTo }: Held) => assignedTo === null;
  const isOwn = ({ assignedTo }: Held) => assignedTo === member.id;
  const isGivenByMe = ({ handover }: Held) => handover?.by.id === member.id;
  return {
    claim: tickets.some(isFree),
    assign: tickets.some((held) => isAdmin || isFree(held) || isOwn(held) || isGivenByMe(held)),
    status: tickets.some((held) => isFree(held) || isOwn(held)),
    unclaim: tickets.some((held) => isOwn(held) || (isAdmin && !isFree(held))),
  };
}

/** The same for all tickets of a list, most of which are not loaded. */
export function offeredInView(view: View): OfferedActs {
  return { claim: view !== "mine", assign: true, status: true, unclaim: view !== "unassigned" };
}

export function isNothingOffered(offered: OfferedActs): boolean {
  return !Object.values(offered).some(Boolean);
}
