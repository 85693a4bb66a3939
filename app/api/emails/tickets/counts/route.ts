import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, type CountsResponse } from "@/lib/api/contracts";
import { countTickets } from "@/lib/tickets/list";

export const GET = withTeamMember("GET /api/emails/tickets/counts", async (request, member) => {
  readQuery(request, EmptyQuery);
  return answer<CountsResponse>(await countTickets(member));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
