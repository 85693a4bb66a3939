import { isReady } from "@/lib/process/health";
import { otherMethods } from "@/lib/http/methods";
import { unavailable } from "@/lib/http/refusal";
import { answer, withAnybody } from "@/lib/http/route";

export const GET = withAnybody("GET /api/health/ready", async () => {
  if (!(await isReady())) throw unavailable("The desk is not ready yet. Try again in a moment.");
  return answer({ status: "ready" });
});

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
