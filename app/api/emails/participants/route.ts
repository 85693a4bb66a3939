import { readBody, readQuery } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import {
  ParticipantsRequest,
  SuggestionsQuery,
  type ParticipantsResponse,
  type SuggestionsResponse,
} from "@/lib/api/contracts";
import { changeParticipants } from "@/lib/tickets/participants";
import { suggestPeople } from "@/lib/tickets/suggestions";

export const GET = withTeamMember("GET /api/emails/participants", async (request) => {
  const { threadId } = readQuery(request, SuggestionsQuery);
  const outcome = await suggestPeople(threadId);
  return respond(outcome, (suggestions): SuggestionsResponse => ({ suggestions }));
});

export const POST = withTeamMember("POST /api/emails/participants", async (request, member) => {
  const body = await readBody(request, ParticipantsRequest);
  const outcome = await changeParticipants(body, member, readOperation(request, member));
  return respond(outcome, (changed): ParticipantsResponse => ({ success: true, ...changed }));
});

export const { PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET", "POST");
