import { env } from "@/lib/env";
import { assertBearer } from "@/lib/http/bearer";
import { otherMethods } from "@/lib/http/methods";
import { withErrors } from "@/lib/http/route";
import { readMetrics } from "@/lib/metrics";

export const GET = withErrors(async (request) => {
  assertBearer(request, env().METRICS_TOKEN);
  const { text, contentType } = await readMetrics();
  return new Response(text, { headers: { "content-type": contentType } });
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
