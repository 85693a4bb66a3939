import "server-only";
import { env } from "@/lib/env";
import { Refusal } from "./refusal";

/**
 * Refuses a state-changing request that a page of another site sent. Every browser that can show our pages says where
 * such a request comes from, in Sec-Fetch-Site or in Origin ("null" included, which is refused); a caller that sends
 * neither is no browser, and cannot be made to act by a foreign page.
 */
export function assertSameOrigin(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if ((site === null || site === "same-origin") && (origin === null || isOurs(origin, request))) return;
  throw new Refusal("cross_origin", "This request came from another site and was not carried out.");
}

function isOurs(origin: string, request: Request): boolean {
  const { APP_URL, AUTH_MODE } = env();
  if (origin === APP_URL) return true;
  const host = request.headers.get("host");
  if (host === null) return false;
  // The demo is on this machine, which has several names. A real desk has one; where nobody said which, the one it
  // was asked by has to do.
  if (AUTH_MODE === "demo") return origin === `http://${host}`;
  return APP_URL === undefined && URL.canParse(origin) && new URL(origin).host === host;
}
