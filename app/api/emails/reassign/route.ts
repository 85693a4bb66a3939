import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { ReassignRequest, type TicketResponse } from "@/lib/api/contracts";
import { reassignTicket } from "@/lib/tickets/reassign";

export const POST = withTeamMember("POST /api/emails/reassign", async (request, member) => {
  const handover = await readBody(request, ReassignRequest);
  const outcome = await reassignTicket(handover, member, { op: readOperation(request, member) });
  return respond(outcome, (ticket): TicketResponse => ({ success: true, ticket }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
