import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { listErasures } from "@/lib/privacy/erasure";
import { EmptyQuery, type ErasuresResponse } from "@/lib/api/contracts";

export const GET = withTeamMember("GET /api/privacy/erasures", async (request) => {
  readQuery(request, EmptyQuery);
  return answer<ErasuresResponse>({ erasures: await listErasures() });
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
