import { runTick } from "@/lib/desk/tick";
import { otherMethods } from "@/lib/http/methods";
import { answer, withBearer } from "@/lib/http/route";

/** How long one tick starts new work, in milliseconds: less than the minute between two ticks. */
const TICK_MS = 20_000;

const tick = async () => answer({ success: true, done: await runTick(TICK_MS) });

export const POST = withBearer("POST /api/internal/tick", tick);
/** Some hosts' timers only send GET. */
export const GET = withBearer("GET /api/internal/tick", tick);

export const { PUT, PATCH, DELETE, OPTIONS } = otherMethods("GET", "POST");
