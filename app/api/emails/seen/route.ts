import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { SeenRequest, type TicketResponse } from "@/lib/api/contracts";
import { markSeen } from "@/lib/tickets/mark-seen";

export const POST = withTeamMember("POST /api/emails/seen", async (request, member) => {
  const seen = await readBody(request, SeenRequest);
  const outcome = await markSeen(seen, member, readOperation(request, member));
  return respond(outcome, (ticket): TicketResponse => ({ success: true, ticket }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
