import { otherMethods } from "@/lib/http/methods";
import { answer, withAnybody } from "@/lib/http/route";

export const GET = withAnybody("GET /api/health/live", async () => answer({ status: "live" }));

export const { POST, PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET");
