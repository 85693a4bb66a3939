import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { TicketsQuery, type TicketListResponse } from "@/lib/api/contracts";
import { listTickets } from "@/lib/tickets/list";

export const GET = withTeamMember("GET /api/emails/tickets", async (request, member) => {
  const query = readQuery(request, TicketsQuery);
  return answer<TicketListResponse>(await listTickets(query, member));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
