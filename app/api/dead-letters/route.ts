import { EmptyQuery, type DeadLettersResponse } from "@/lib/api/contracts";
import { listDeadLetters } from "@/lib/desk/dead-letters";
import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";

export const GET = withTeamMember("GET /api/dead-letters", async (request) => {
  readQuery(request, EmptyQuery);
  return answer<DeadLettersResponse>(await listDeadLetters());
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
