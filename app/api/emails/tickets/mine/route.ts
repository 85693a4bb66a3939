import { readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { answer, withTeamMember } from "@/lib/http/route";
import { MineQuery, type TicketListResponse } from "@/lib/api/contracts";
import { listMine } from "@/lib/tickets/list";

export const GET = withTeamMember("GET /api/emails/tickets/mine", async (request, member) => {
  const query = readQuery(request, MineQuery);
  return answer<TicketListResponse>(await listMine(query, member));
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
