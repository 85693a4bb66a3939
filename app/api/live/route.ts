import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { withTeamMember } from "@/lib/http/route";
import { openLive } from "@/lib/http/live";
import { EmptyQuery } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/live", async (request, member) => {
  readQuery(request, EmptyQuery);
  return openLive(request, member);
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
