import { RemoveMemberRequest, type MemberStandingResponse } from "@/lib/api/contracts";
import { readBody } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { respond, withTeamMember } from "@/lib/http/route";
import { removeMember } from "@/lib/team/remove-member";

export const POST = withTeamMember("POST /api/team/remove", async (request, member) => {
  const { memberId } = await readBody(request, RemoveMemberRequest);
  const outcome = await removeMember(memberId, member, "by_admin");
  return respond(outcome, (): MemberStandingResponse => ({ success: true, memberId }));
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
