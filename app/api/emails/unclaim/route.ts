import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { UnclaimRequest, type UnclaimResponse } from "@/lib/api/contracts";
import { unclaimTicket } from "@/lib/tickets/unclaim";

export const POST = withTeamMember("POST /api/emails/unclaim", async (request, member) => {
  const { threadId, expectedAssignedTo } = await readBody(request, UnclaimRequest);
  const op = readOperation(request, member);
  const outcome = await unclaimTicket(threadId, member, { expectedAssignedTo, op });
  return respond(outcome, (): UnclaimResponse => ({
    success: true,
    message: "Ticket unclaimed successfully",
  }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
