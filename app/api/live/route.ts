import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { withTeamMember } from "@/lib/http/route";
import { openLive } from "@/lib/http/live";
import { LiveQuery } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/live", async (request, member) => {
  return openLive(request, member, readQuery(request, LiveQuery));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
