import { readParams, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";
import { EmptyQuery, ThreadPath, type TicketDetailResponse } from "@/lib/api/contracts";
import { readTicket } from "@/lib/tickets/read";

export const GET = withTeamMember("GET /api/emails/tickets/[threadId]", async (request, _member, context) => {
  const { threadId } = await readParams(context, ThreadPath);
  readQuery(request, EmptyQuery);
  return respond(await readTicket(threadId), (detail): TicketDetailResponse => detail);
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
