import { readBody } from "@/lib/http/body";
import { readCustomer } from "@/lib/http/customer";
import { readOperation } from "@/lib/http/idempotency-key";
import { otherMethods } from "@/lib/http/methods";
import { answer, respond, withTeamMember } from "@/lib/http/route";
import { countCustomer } from "@/lib/privacy/count";
import { isOf } from "@/lib/privacy/customer";
import { requestErasure } from "@/lib/privacy/erasure";
import { fail, ok } from "@/lib/result";
import { EraseRequest, type ErasureResponse, type PrivacyCountsResponse } from "@/lib/api/contracts";

export const POST = withTeamMember("POST /api/privacy/erase", async (request, member) => {
  const { address, dryRun, confirm } = await readBody(request, EraseRequest);
  const customer = await readCustomer(address);
  if (dryRun) return answer<PrivacyCountsResponse>({ counts: await countCustomer(customer) });
  if (!isOf(customer, confirm)) return respond(fail({ reason: "not_confirmed" }), () => null);
  const erasure = await requestErasure(customer, member, readOperation(request, member));
  return respond(ok(erasure), (): ErasureResponse => ({ success: true, erasure }), 202);
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
