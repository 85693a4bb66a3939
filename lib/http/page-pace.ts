import "server-only";
import { keepPace, TooFastError, type Pace } from "@/lib/pace";
import { processSingleton } from "@/lib/process-singleton";
import { addressOf } from "./address";

/** A 429 for an address that asks more often than people do, else null. Counts the request. */
export async function tooFast(pace: Pace, headers: Headers): Promise<Response | null> {
  try {
    await keepPace(pace, addressOf(headers));
    return null;
  } catch (error) {
    if (!(error instanceof TooFastError)) throw error;
    const { message, retryAfterSeconds } = error;
    return new Response(message, { status: 429, headers: { "retry-after": String(retryAfterSeconds) } });
  }
}

/** The answer to a change that is for no route: 405, or 429 for an address that sends many. Does not read its body. */
export async function refuseStrayChange(headers: Headers): Promise<Response> {
  const refused = await tooFast("closed", headers);
  return refused ?? new Response("A page is only read.", { status: 405, headers: { allow: "GET, HEAD" } });
}

/** Lets scripts/serve.mjs refuse stray changes by itself: Next logs an error for each whose body breaks off. */
export function shareWithServer(): void {
  processSingleton("refuse-stray-change", () => refuseStrayChange);
}
