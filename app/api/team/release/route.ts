import { ReleaseRequest, type JobResponse } from "@/lib/api/contracts";
import { releaseMember } from "@/lib/bulk/release-member";
import { readBody } from "@/lib/http/body";
import { readOperation } from "@/lib/http/idempotency-key";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";

export const POST = withTeamMember("POST /api/team/release", async (request, member) => {
  const { memberId } = await readBody(request, ReleaseRequest);
  const outcome = await releaseMember(memberId, member, readOperation(request, member));
  return respond(outcome, (job): JobResponse => ({ success: true, job }), 202);
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
