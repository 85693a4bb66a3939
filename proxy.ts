import { clerkMiddleware } from "@clerk/nextjs/server";
import { NextResponse, type NextFetchEvent, type NextRequest } from "next/server";
import { isForThisMachine } from "@/lib/auth/demo";
import { PAGE_PATH_HEADER } from "@/lib/auth/local-path";
import { env } from "@/lib/env";

// Pages only: it keeps Clerk's session cookie fresh and tells a page its own address. It guards nothing. Every page
// and route proves who is asking by itself; routes are left out, since a proxy would also cut large bodies short.
export const config = {
  matcher: ["/((?!api/|_next/|.*\\.[a-z0-9]+$).*)"],
};

export default function proxy(request: NextRequest, event: NextFetchEvent) {
  return env().AUTH_MODE === "demo" ? demoPage(request) : clerkPage(request, event);
}

// The keys are read at run time, so that one build serves the demo, a test instance and a live one.
const clerkPage = clerkMiddleware(
  (_auth, request) => withPath(request),
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
  const response = withPath(request);
  response.headers.set("x-identity-mode", "demo");
  return response;
}

function withPath(request: NextRequest): NextResponse {
  const headers = new Headers(request.headers);
  headers.set(PAGE_PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  return NextResponse.next({ request: { headers } });
}
