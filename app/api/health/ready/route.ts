import { isReady } from "@/lib/health";
import { otherMethods } from "@/lib/http/methods";
import { answer, unavailable, withErrors } from "@/lib/http/route";

export const GET = withErrors(
  async () => {
    if (!(await isReady())) throw unavailable("The desk is not ready yet. Try again in a moment.");
    return answer({ status: "ready" });
  },
  { database: false },
);

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
