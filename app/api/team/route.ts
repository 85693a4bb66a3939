import { NextResponse } from "next/server";
import { listTeam } from "@/lib/auth";
import { readQuery } from "@/lib/http/body";
import { withTeamMember } from "@/lib/http/route";
import { EmptyQuery, type TeamResponse } from "@/lib/tickets/contracts";

export const GET = withTeamMember(async (request, member) => {
  readQuery(request, EmptyQuery);
  const team = await listTeam();
  const members = team.map(({ id, email, name, role }) => ({
    id,
    email,
    name,
    role,
    isYou: id === member.id,
  }));
  return NextResponse.json({ members } satisfies TeamResponse);
});
