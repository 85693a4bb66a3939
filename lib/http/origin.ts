import "server-only";
import { env } from "@/lib/env";
import { Refusal } from "./refusal";

/**
 * Refuses a state-changing request from a page of another site. Every browser we support sends Sec-Fetch-Site or Origin
 * with such a request ("null" is refused). A caller that sends neither is no browser, so no foreign page controls it.
 */
export function assertSameOrigin(request: Request): void {
  const site = request.headers.get("sec-fetch-site");
  const origin = request.headers.get("origin");
  if ((site === null || site === "same-origin") && (origin === null || isOwnOrigin(origin, request))) return;
  throw new Refusal("cross_origin", "This request came from another site and was not carried out.");
}

function isOwnOrigin(origin: string, request: Request): boolean {
  const { APP_URL, AUTH_MODE } = env();
  if (origin === APP_URL) return true;
  const host = request.headers.get("host");
  if (host === null) return false;
  // The demo's machine has several names, so the one in the request counts; likewise on a desk without APP_URL.
  if (AUTH_MODE === "demo") return origin === `http://${host}`;
  return APP_URL === undefined && URL.canParse(origin) && new URL(origin).host === host;
}
