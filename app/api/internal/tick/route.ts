import { runDue } from "@/lib/desk-followers";
import { env } from "@/lib/env";
import { assertBearer } from "@/lib/http/bearer";
import { otherMethods } from "@/lib/http/methods";
import { answer, withErrors } from "@/lib/http/route";

/** How long one tick begins new work, in milliseconds: under the minute between two ticks of a timer. */
const TICK_MS = 20_000;

export const POST = withErrors(async (request) => {
  assertBearer(request, env().CRON_SECRET);
  return answer({ success: true, done: await runDue(TICK_MS) });
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
