import "server-only";
import { env } from "@/lib/env";
import { Refusal } from "./refusal";

/**
 * Refuses a state-changing request from a page of another site. Every browser we support sends Sec-Fetch-Site or Origin
 * with such a request ("null" is refused). With neither, a cookie may have been sent by any page, so it is refused too; a
 * program sends `Authorization: Bearer`, which no page of another site can make a browser send. In the demo the cookie
 * counts beside it, so there it excuses nothing.
 */
export function assertSameOrigin({ headers }: Request): void {
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  const isKnown = site !== null || origin !== null || !headers.has("cookie") || hasBearer(headers);
  const isOwn =
    (site === null || site === "same-origin") && (origin === null || isOwnOrigin(origin, headers));
  if (isKnown && isOwn) return;
  throw new Refusal("cross_origin", "This request came from another site and was not carried out.");
}

function hasBearer(headers: Headers): boolean {
  return env().AUTH_MODE !== "demo" && /^bearer +\S/i.test(headers.get("authorization") ?? "");
}

function isOwnOrigin(origin: string, headers: Headers): boolean {
  const { APP_URL, AUTH_MODE } = env();
  if (origin === APP_URL) return true;
  const host = headers.get("host");
  if (host === null) return false;
  // The demo's machine has several names, so the one in the request counts; likewise on a desk without APP_URL.
  if (AUTH_MODE === "demo") return origin === `http://${host}`;
  return APP_URL === undefined && URL.canParse(origin) && new URL(origin).host === host;
}
