import { EmptyQuery, type TeamResponse } from "@/lib/api/contracts";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { readTeam } from "@/lib/team/members";

export const GET = withTeamMember("GET /api/team", async (request, member) => {
  readQuery(request, EmptyQuery);
  return answer<TeamResponse>(await readTeam(member));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
