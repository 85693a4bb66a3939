import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { readIdempotencyKey } from "@/lib/http/idempotency-key";
import { answer, withTeamMember } from "@/lib/http/route";
import { BulkRequest, type BulkResponse } from "@/lib/api/contracts";
import { actOnTickets, bulkOp } from "@/lib/tickets/bulk";

export const POST = withTeamMember("POST /api/emails/bulk", async (request, member) => {
  const bulk = await readBody(request, BulkRequest);
  const key = readIdempotencyKey(request);
  const results = await actOnTickets(bulk, member, key && bulkOp(member, key));
  return answer<BulkResponse>({ results });
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
