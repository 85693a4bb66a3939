import { authMode } from "@/lib/auth";
import { expiredDemoCookie } from "@/lib/auth/demo";
import { assertSameOrigin } from "@/lib/http/origin";
import { Refusal } from "@/lib/http/refusal";
import { seeOther, withErrors } from "@/lib/http/route";

export const POST = withErrors(async (request) => {
  if (authMode() !== "demo") throw new Refusal("not_found", "There is nothing at this address.");
  assertSameOrigin(request);
  return seeOther("/sign-in", { "set-cookie": expiredDemoCookie() });
});
