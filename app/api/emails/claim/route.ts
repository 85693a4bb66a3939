import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { claimTicket } from "@/lib/tickets/claim";
import { ClaimRequest, type ClaimResponse } from "@/lib/api/contracts";
import type { Assignment } from "@/lib/api/vocabulary";

export const POST = withTeamMember("POST /api/emails/claim", async (request, member) => {
  const { threadId } = await readBody(request, ClaimRequest);
  const outcome = await claimTicket(threadId, member, readOperation(request, member));
  return respond(outcome, toResponse);
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");

function toResponse({ assignedTo, assignedToEmail, assignedToName, claimedAt }: Assignment): ClaimResponse {
  return { success: true, assignedTo, assignedToEmail, assignedToName, claimedAt };
}
