import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { DeclineRequest, type TicketResponse } from "@/lib/api/contracts";
import { declineTicket } from "@/lib/tickets/decline";

export const POST = withTeamMember("POST /api/emails/decline", async (request, member) => {
  const declined = await readBody(request, DeclineRequest);
  const outcome = await declineTicket(declined, member, readOperation(request, member));
  return respond(outcome, (ticket): TicketResponse => ({ success: true, ticket }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
