import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { UnassignedQuery, type TicketListResponse } from "@/lib/api/contracts";
import { listUnassigned } from "@/lib/tickets/list";

export const GET = withTeamMember("GET /api/emails/tickets/unassigned", async (request) => {
  const query = readQuery(request, UnassignedQuery);
  return answer<TicketListResponse>(await listUnassigned(query));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
