import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readOperation } from "@/lib/http/idempotency-key";
import { respond, withTeamMember } from "@/lib/http/route";
import { DeliveryRequest, type DeliveryResponse } from "@/lib/api/contracts";
import { settleDelivery } from "@/lib/outbound/settle-delivery";

export const POST = withTeamMember("POST /api/emails/delivery", async (request, member) => {
  const { messageId, action } = await readBody(request, DeliveryRequest);
  const outcome = await settleDelivery(messageId, action, member, readOperation(request, member));
  return respond(outcome, (settled): DeliveryResponse => ({ success: true, ...settled }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
