import { z } from "zod";
import { authMode } from "@/lib/auth";
import { DEMO_MEMBERS, demoSessionCookie, isForThisMachine } from "@/lib/auth/demo";
import { safeLocalPath } from "@/lib/auth/local-path";
import { readForm } from "@/lib/http/body";
import { otherMethods } from "@/lib/http/methods";
import { assertSameOrigin } from "@/lib/http/origin";
import { Refusal } from "@/lib/http/refusal";
import { seeOther, withAnybody } from "@/lib/http/route";

const SignInForm = z.strictObject({ member: z.string(), next: z.string().optional() });

export const POST = withAnybody("POST /api/demo/session", signIn);

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");

async function signIn(request: Request): Promise<Response> {
  if (authMode() !== "demo") throw new Refusal("not_found", "There is nothing at this address.");
  if (!isForThisMachine(request.headers)) {
    throw new Refusal("forbidden", "The demo answers on this machine only, at localhost.");
  }
  assertSameOrigin(request);
  const { member: id, next } = await readForm(request, SignInForm);
  const member = DEMO_MEMBERS.find((person) => person.id === id);
  if (!member) throw new Refusal("invalid_request", "Choose one of the people of the demo.", { issues: [] });
  return seeOther(safeLocalPath(next), { "set-cookie": demoSessionCookie(member.id) });
}
