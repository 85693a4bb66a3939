"use client";
import { createContext, use, type ReactNode } from "react";
import useSWR from "swr";
import { fetchTeam, TEAM_PATH } from "@/components/client/desk-api";
import { useMember } from "@/components/client/Member";
import { firstNameOf } from "@/components/ui/people";
import type { TeamResponse } from "@/lib/api/contracts";
import { otherAssignee, type TeamMember, type TicketSummary } from "@/lib/api/vocabulary";

const FollowsRule = createContext(false);

/** Knows for all below whether the team lets this member give unassigned tickets away; admins may, whatever the rule. */
export function AssignRights({ children }: { children: ReactNode }) {
  const { role } = useMember();
  const { data } = useSWR<TeamResponse>(role === "member" ? TEAM_PATH : null, fetchTeam, {
    refreshInterval: 0,
    revalidateOnFocus: false,
    shouldRetryOnError: false,
  });
  return <FollowsRule value={data?.mayAssignUnassigned ?? false}>{children}</FollowsRule>;
}

type Fields = Pick<
  TicketSummary,
  "assignedTo" | "assignedToName" | "assignedToEmail" | "claimedAt" | "receivedAt" | "handover"
>;
type Right = {
  /** The act is offered. */
  isOffered: boolean;
  /** Why the member may not do it, in a sentence; null if they may, or only look. */
  refusal: string | null;
};

/** Whether the signed-in member may give the ticket to somebody. */
export function useAssignRight(ticket: Fields): Right {
  const member = useMember();
  const followsRule = use(FollowsRule);
  if (member.role === "viewer") return { isOffered: false, refusal: null };
  const other = otherAssignee(ticket, member.id);
  if (other && !mayGiveOthers(ticket, member)) {
    const name = firstNameOf(other.assignedToName);
    return { isOffered: false, refusal: `${name} holds it. Ask ${name} or an admin.` };
  }
  // On an unassigned ticket the picker says who may get it; the member may always get it.
  return { isOffered: ticket.assignedTo !== null || member.role === "admin" || followsRule, refusal: null };
}

function mayGiveOthers({ handover }: Fields, { id, role }: TeamMember): boolean {
  return role === "admin" || handover?.by.id === id;
}
