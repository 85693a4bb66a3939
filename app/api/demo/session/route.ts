import { authMode } from "@/lib/auth";
import { DEMO_MEMBERS, demoSessionCookie, isForThisMachine } from "@/lib/auth/demo";
import { safeLocalPath } from "@/lib/auth/local-path";
import { readForm } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { assertSameOrigin } from "@/lib/http/origin";
import { Refusal } from "@/lib/http/refusal";
import { seeOther, withAnybody } from "@/lib/http/route";

export const POST = withAnybody("POST /api/demo/session", signIn);

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");

async function signIn(request: Request): Promise<Response> {
  if (authMode() !== "demo") throw new Refusal("not_found", "There is nothing at this address.");
  if (!isForThisMachine(request.headers)) {
    throw new Refusal("forbidden", "The demo answers on this machine only, at localhost.");
  }
  assertSameOrigin(request);
  const form = await readForm(request);
  const member = DEMO_MEMBERS.find(({ id }) => id === form.get("member"));
  if (!member) throw new Refusal("invalid_request", "Choose one of the people of the demo.", { issues: [] });
  return seeOther(safeLocalPath(form.get("next")), { "set-cookie": demoSessionCookie(member.id) });
}
