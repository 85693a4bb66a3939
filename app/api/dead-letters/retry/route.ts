import { RetryDeadLetterRequest, type RetryDeadLetterResponse } from "@/lib/api/contracts";
import { retryStopped } from "@/lib/desk/dead-letters";
import { readBody } from "@/lib/http/body";
import { readOperation } from "@/lib/http/idempotency-key";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";

export const POST = withTeamMember("POST /api/dead-letters/retry", async (request, member) => {
  const { deadLetterId } = await readBody(request, RetryDeadLetterRequest);
  const outcome = await retryStopped(deadLetterId, readOperation(request, member));
  return respond(outcome, (): RetryDeadLetterResponse => ({ success: true, deadLetterId }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
