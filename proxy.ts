import { clerkMiddleware } from "@clerk/nextjs/server";
import { NextRequest, NextResponse, type NextFetchEvent } from "next/server";
import { nobodysKey, signingKeyFor } from "./lib/auth/clerk-keys";
import { renewsSession, withoutMachineTokens } from "./lib/auth/clerk-proof";
import { isForThisMachine } from "./lib/auth/demo";
import { PAGE_PATH_HEADER } from "./lib/auth/local-path";
import { isPagePath } from "./lib/auth/page-path";
import { newNonce, NONCE_HEADER, pagePolicy } from "./lib/auth/page-policy";
import { env } from "./lib/env";
import { refuseStrayChange, tooFast } from "./lib/http/page-pace";

// For pages only: refreshes Clerk's session cookie, and gives a page its own address and its content policy. It guards
// nothing: every page and route checks the session itself. Routes are left out, since a proxy cuts large bodies short.
export const config = {
  // The names are those of public/, whose files are no pages.
  matcher: [
    "/((?!api/|_next/|(?:icon\\.svg|favicon\\.ico|(?:icon-192|icon-512|icon-maskable-512|apple-touch-icon)\\.png|manifest\\.webmanifest)$).*)",
  ],
};

export default async function proxy(request: NextRequest, event: NextFetchEvent) {
  const isDemo = env().AUTH_MODE === "demo";
  if (request.method === "GET" || request.method === "HEAD") {
    return (
      (await tooFast("page", request.headers)) ?? (isDemo ? demoPage(request) : clerkPage(request, event))
    );
  }
  if (isDemo || !isClerksAction(request)) return refuseStrayChange(request.headers);
  return (await tooFast("closed", request.headers)) ?? clerkPage(request, event);
}

/**
 * Pages are only read. The one exception is a server action: the desk has none, Clerk has one. scripts/serve.mjs drops the
 * header of every other.
 */
function isClerksAction({ method, headers, nextUrl }: NextRequest): boolean {
  return method === "POST" && headers.has("next-action") && isPagePath(nextUrl.pathname);
}

// The keys and the address are read at run time, so that one build serves the demo, a test instance and a live one.
async function clerkPage(request: NextRequest, event: NextFetchEvent) {
  const { url, method } = request;
  const seen = new NextRequest(url, { method, headers: withoutMachineTokens(request.headers) });
  const refused = renewsSession(seen) ? await tooFast("renewal", request.headers) : null;
  if (refused) return refused;
  const { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, APP_URL } = env();
  // The page itself says so if Clerk is away.
  const jwtKey = (await signingKeyFor(seen).catch(() => null)) ?? nobodysKey();
  const options = () => ({
    publishableKey: NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
    jwtKey,
    authorizedParties: APP_URL ? [APP_URL] : undefined,
    signInUrl: "/sign-in",
    telemetry: { disabled: true },
  });
  return clerkMiddleware(() => page(request), options)(seen, event);
}

function demoPage(request: NextRequest): NextResponse {
  if (!isForThisMachine(request.headers)) {
    return new NextResponse("The demo answers on this machine only, at localhost.", { status: 503 });
  }
  const response = page(request);
  response.headers.set("x-identity-mode", "demo");
  return response;
}

function page(request: NextRequest): NextResponse {
  const nonce = newNonce();
  const policy = pagePolicy(nonce, { isDevelopment: process.env.NODE_ENV === "development" });
  const headers = new Headers(request.headers);
  headers.set(PAGE_PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  headers.set(NONCE_HEADER, nonce);
  // On the request too, where Next finds the nonce for its own scripts.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}
