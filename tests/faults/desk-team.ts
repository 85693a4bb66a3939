import type { TeamMember } from "@/lib/api/vocabulary";
import { Member } from "@/models/MemberModel";
import { admin, member } from "@/tests/support/factories/threads";
import type { ExpectedTicket } from "./expected-ticket";

export const TEAM: TeamMember[] = [member("Priya Nair"), member("Jonas Weber"), admin()];

/** The member of that number, or the ticket's assignee. */
export function memberOf(who: number | "assignee", ticket?: ExpectedTicket): TeamMember {
  if (who === "assignee") return ticket?.assignee ?? memberOf(0);
  return TEAM[who] ?? admin();
}

/** Stores the team, so that a mail of a member is recognised. */
export async function storeTeam(): Promise<void> {
  const rows = TEAM.map(({ id: _id, ...rest }) => ({ _id, ...rest, lastSeenAt: new Date(), isDemo: true }));
  await Member.insertMany(rows);
}
