import { readDeskStatus } from "@/lib/desk/status";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, type DeskStatusResponse } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/desk-status", async (request) => {
  readQuery(request, EmptyQuery);
  return answer<DeskStatusResponse>(await readDeskStatus());
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
