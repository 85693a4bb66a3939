import { clerkMiddleware } from "@clerk/nextjs/server";
import { NextResponse, type NextFetchEvent, type NextRequest } from "next/server";
import { isForThisMachine } from "./lib/auth/demo";
import { PAGE_PATH_HEADER } from "./lib/auth/local-path";
import { env } from "./lib/env";
import { addressOf } from "./lib/http/address";
import { keepPace, TooFastError } from "./lib/pace";
import { newNonce, NONCE_HEADER, pagePolicy } from "./lib/auth/page-policy";

// For pages only: refreshes Clerk's session cookie, and gives a page its own address and its content policy. It guards
// nothing: every page and route checks the session itself. Routes are left out, since a proxy cuts large bodies short.
export const config = {
  // The names are those of public/, whose files are no pages.
  matcher: [
    "/((?!api/|_next/|(?:icon\\.svg|(?:icon-192|icon-512|icon-maskable-512|apple-touch-icon)\\.png|manifest\\.webmanifest)$).*)",
  ],
};

export default async function proxy(request: NextRequest, event: NextFetchEvent) {
  const isDemo = env().AUTH_MODE === "demo";
  // Pages are only read. The one exception is a server action: the desk has none, Clerk has one.
  const isClerksAction = !isDemo && request.method === "POST" && request.headers.has("next-action");
  if (request.method !== "GET" && request.method !== "HEAD" && !isClerksAction) {
    return new NextResponse("A page is only read.", { status: 405, headers: { allow: "GET, HEAD" } });
  }
  return (await tooFast(request)) ?? (isDemo ? demoPage(request) : clerkPage(request, event));
}

/** A 429 for an address that asks for more pages than a person reads, else null. */
async function tooFast(request: NextRequest): Promise<NextResponse | null> {
  try {
    await keepPace("page", addressOf(request.headers));
    return null;
  } catch (error) {
    if (!(error instanceof TooFastError)) throw error;
    return new NextResponse(error.message, {
      status: 429,
      headers: { "retry-after": String(error.retryAfterSeconds) },
    });
  }
}

// Keys are read at run time, so that one build serves the demo, a test instance and a live one.
const clerkPage = clerkMiddleware(
  (_auth, request) => page(request),
  () => {
    const { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, CLERK_JWT_KEY, APP_URL } = env();
    return {
      publishableKey: NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
      jwtKey: CLERK_JWT_KEY,
      authorizedParties: APP_URL ? [APP_URL] : undefined,
      signInUrl: "/sign-in",
      telemetry: { disabled: true },
    };
  },
);

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
