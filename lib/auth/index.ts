import "server-only";
import { cache } from "react";
import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { connection } from "next/server";
import { env } from "@/lib/env";
import { hasRole, PAGES, type TeamPage } from "./access";
import { NONCE_HEADER } from "./page-policy";
import type { TeamMember } from "@/lib/api/vocabulary";
import { readClerkIdentity } from "./clerk";
import { readDemoIdentity } from "./demo";
import { findStanding } from "./standing";
import { PAGE_PATH_HEADER, safeLocalPath } from "./local-path";
import type { Identity } from "./identity";
import type { AuthMode } from "@/lib/auth-mode";

/** Whether people sign in with Clerk or with the demo. */
export function authMode(): AuthMode {
  return env().AUTH_MODE;
}

type SignInSettings = { mode: "demo" } | { mode: "clerk"; publishableKey: string; nonce: string };

/** The settings of a page's sign-in: the mode, and for Clerk its public key and the nonce that its script needs. */
export async function signInSettings(): Promise<SignInSettings> {
  const { AUTH_MODE, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY } = env();
  if (AUTH_MODE === "demo") return { mode: "demo" };
  const nonce = (await headers()).get(NONCE_HEADER) ?? "";
  return { mode: "clerk", publishableKey: NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY ?? "", nonce };
}

/**
 * The identity behind `request`; without one (in a page), behind the page's own request, read once per render. Verifies
 * the session itself and does not rely on proxy.ts. Runs `beforeCall` before Clerk is asked anything; for a page, proxy.ts
 * has counted the request already. A removed member is refused within 2 s; see `findStanding`.
 */
export async function getMember(request?: Request, beforeCall?: () => Promise<void>): Promise<Identity> {
  return request ? identify(request.headers, beforeCall) : getPageMember();
}

const getPageMember = cache(async (): Promise<Identity> => {
  await connection();
  return identify(await headers());
});

async function identify(headers: Headers, beforeCall?: () => Promise<void>): Promise<Identity> {
  const identity =
    authMode() === "demo" ? readDemoIdentity(headers) : await readClerkIdentity(headers, beforeCall);
  if (identity.state !== "member") return identity;
  const { member, since } = identity;
  switch (await findStanding(member, { since })) {
    case "on_team":
      return identity;
    case "removed":
      return { state: "not_on_team", email: member.email };
    case "signed_out":
      return { state: "signed_out" };
  }
}

/**
 * The member who opens `page`, if PAGES allows it. Redirects everybody else: to the sign-in and back, to the page for
 * people who are not on the team, or, if the role is too low, to the page that says who may open it. The database is
 * connected once this resolves.
 */
export async function requireMember(page: TeamPage): Promise<TeamMember> {
  const identity = await getMember();
  if (identity.state === "member")
    return hasRole(identity.member.role, PAGES[page]) ? identity.member : forbidden();
  if (identity.state === "not_on_team") redirect("/not-on-team");
  redirect(`/sign-in?next=${encodeURIComponent(safeLocalPath((await headers()).get(PAGE_PATH_HEADER)))}`);
}
