import { otherMethods } from "@/lib/http/methods";
import { withBearer } from "@/lib/http/route";
import { readAllMetrics } from "@/lib/desk/metrics";

export const GET = withBearer("GET /api/metrics", async () => {
  const { text, contentType } = await readAllMetrics();
  return new Response(text, { headers: { "content-type": contentType } });
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
