import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { assertMember, withTeamMember } from "@/lib/http/route";
import { openLive } from "@/lib/http/live";
import { LiveQuery } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/live", async (request, member) => {
  const query = readQuery(request, LiveQuery);
  assertMember(member, query.member);
  return openLive(request, member, query);
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
