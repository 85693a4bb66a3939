import { runDue } from "@/lib/desk/followers";
import { otherMethods } from "@/lib/http/methods";
import { answer, withBearer } from "@/lib/http/route";

/** How long one tick starts new work, in milliseconds: less than the minute between two ticks. */
const TICK_MS = 20_000;

export const POST = withBearer("POST /api/internal/tick", async () => {
  return answer({ success: true, done: await runDue(TICK_MS) });
});

export const { GET, HEAD, PUT, PATCH, DELETE, OPTIONS } = otherMethods("POST");
