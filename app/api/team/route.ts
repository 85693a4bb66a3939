import { listTeam } from "@/lib/team/members";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, type TeamResponse } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/team", async (request, member) => {
  readQuery(request, EmptyQuery);
  const team = await listTeam();
  return answer<TeamResponse>({
    members: team.map(({ id, email, name, role }) => ({
      ...{ id, email, name, role, isYou: id === member.id, isHere: false, lastSeenAt: null },
      ...{
        held: { open: 0, in_progress: 0, waiting: 0 },
        oldestWaitingSince: null,
        canHold: role !== "viewer",
      },
    })),
    removed: [],
    mayAssignUnassigned: false,
  });
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
