import { readIdempotencyKey } from "@/lib/http/idempotency-key";
import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";
import { awaitDelivery, toReplyResponse } from "@/lib/outbound/await-delivery";
import { ReplyRequest } from "@/lib/api/contracts";
import { replyToTicket } from "@/lib/tickets/reply";

export const POST = withTeamMember("POST /api/emails/reply", async (request, member) => {
  const body = await readBody(request, ReplyRequest);
  const key = readIdempotencyKey(request, body.idempotencyKey);
  const accepted = await replyToTicket({ ...body, key }, member);
  const outcome = accepted.ok ? await awaitDelivery(accepted.value) : accepted;
  return respond(outcome, toReplyResponse, ({ state }) => (state === "sent" ? 200 : 202));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
