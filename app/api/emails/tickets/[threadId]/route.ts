import { readParams, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";
import { ThreadPath, TicketQuery, type TicketDetailResponse } from "@/lib/api/contracts";
import { readTicket } from "@/lib/tickets/read";

export const GET = withTeamMember("GET /api/emails/tickets/[threadId]", async (request, _member, context) => {
  const { threadId } = await readParams(context, ThreadPath);
  const query = readQuery(request, TicketQuery);
  return respond(await readTicket(threadId, query), (detail): TicketDetailResponse => detail);
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
