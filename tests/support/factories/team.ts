import type { TeamResponse, TeamRow } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";

/** A member as the team's page and the picker list them: here some time ago, without tickets. */
export function teamRow(member: TeamMember, overrides: Partial<TeamRow> = {}): TeamRow {
  return {
    ...member,
    isYou: false,
    isHere: false,
    lastSeenAt: new Date(Date.now() - 3_600_000).toISOString(),
    held: { open: 0, in_progress: 0, waiting: 0 },
    oldestWaitingSince: null,
    canHold: member.role !== "viewer",
    ...overrides,
  };
}

export function team(members: TeamRow[], overrides: Partial<TeamResponse> = {}): TeamResponse {
  return { members, removed: [], mayAssignUnassigned: false, ...overrides };
}
