import { authMode, getMember } from "@/lib/auth";
import { expiredDemoCookie } from "@/lib/auth/demo";
import { endSessions } from "@/lib/auth/standing";
import { otherMethods } from "@/lib/http/methods";
import { assertSameOrigin } from "@/lib/http/origin";
import { Refusal } from "@/lib/http/refusal";
import { seeOther, withAnybody } from "@/lib/http/route";

export const POST = withAnybody("POST /api/demo/sign-out", signOut);

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");

async function signOut(request: Request): Promise<Response> {
  if (authMode() !== "demo") throw new Refusal("not_found", "There is nothing at this address.");
  assertSameOrigin(request);
  const identity = await getMember(request);
  if (identity.state === "member") await endSessions(identity.member.id);
  return seeOther("/sign-in", { "set-cookie": expiredDemoCookie() });
}
