import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { CardRequest, type CardResponse } from "@/lib/api/contracts";
import { requestCard } from "@/lib/cards/request-card";

const MESSAGES: Record<CardResponse["card"], string> = {
  requested: "The card is on its way to the channel.",
  pending: "The card is already being updated.",
  synced: "The card is already up to date.",
};

export const POST = withTeamMember("POST /api/emails/card", async (request, member) => {
  const { threadId } = await readBody(request, CardRequest);
  const outcome = await requestCard(threadId, member, { op: readOperation(request, member) });
  return respond(outcome, (card): CardResponse => ({ success: true, card, message: MESSAGES[card] }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
