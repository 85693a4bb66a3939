import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { StatusRequest, type TicketResponse } from "@/lib/api/contracts";
import { setTicketStatus } from "@/lib/tickets/set-status";

export const POST = withTeamMember("POST /api/emails/status", async (request, member) => {
  const { threadId, status, lastSeenMessageId } = await readBody(request, StatusRequest);
  const op = readOperation(request, member);
  const outcome = await setTicketStatus(threadId, status, member, { op, lastSeenMessageId });
  return respond(outcome, (ticket): TicketResponse => ({ success: true, ticket }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
