import { RestoreMemberRequest, type MemberStandingResponse } from "@/lib/api/contracts";
import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";
import { restoreMember } from "@/lib/team/remove-member";

export const POST = withTeamMember("POST /api/team/restore", async (request, member) => {
  const { memberId } = await readBody(request, RestoreMemberRequest);
  const outcome = await restoreMember(memberId, member);
  return respond(outcome, (): MemberStandingResponse => ({ success: true, memberId }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
