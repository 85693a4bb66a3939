import "server-only";
import { cache } from "react";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { connection } from "next/server";
import { env } from "@/lib/env";
import { mayActAs, PAGES, type TeamPage } from "./access";
import { NONCE_HEADER } from "./page-policy";
import type { TeamMember } from "@/lib/api/vocabulary";
import { readClerkIdentity } from "./clerk";
import { DEMO_MEMBERS, readDemoIdentity } from "./demo";
import { admit, ensureMembers, storedTeam } from "./admission";
import { PAGE_PATH_HEADER, safeLocalPath } from "./local-path";
import type { Identity } from "./identity";
import type { AuthMode } from "@/lib/auth-mode";

/** Which identity this process answers with. */
export function authMode(): AuthMode {
  return env().AUTH_MODE;
}

type Surface = { mode: "demo" } | { mode: "clerk"; publishableKey: string; nonce: string };

/** What the pages show of signing in: the mode, and with Clerk the public key and the nonce that its script needs. */
export async function identitySurface(): Promise<Surface> {
  const { AUTH_MODE, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY } = env();
  if (AUTH_MODE === "demo") return { mode: "demo" };
  const nonce = (await headers()).get(NONCE_HEADER) ?? "";
  return { mode: "clerk", publishableKey: NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY ?? "", nonce };
}

/**
 * Who is asking. Without a request (a page), the session comes from Next's own headers and is read once per render.
 * Proves the session by itself, whatever proxy.ts did. A removed member is not on the team from that moment on.
 */
export async function getMember(request?: Request): Promise<Identity> {
  return request ? identify(request.headers) : getPageMember();
}

const getPageMember = cache(async (): Promise<Identity> => {
  await connection();
  return identify(await headers());
});

async function identify(headers: Headers): Promise<Identity> {
  const identity = authMode() === "demo" ? readDemoIdentity(headers) : await readClerkIdentity(headers);
  if (identity.state !== "member") return identity;
  const { member, since } = identity;
  switch (await admit(member, { since })) {
    case "in":
      return identity;
    case "removed":
      return { state: "not_on_team", email: member.email };
    case "ended":
      return { state: "signed_out" };
  }
}

/**
 * The member a page is for, by the table's word on who may see it. Sends everybody else away: to sign-in and back, to
 * the page for strangers, or, with too little a role, to the page for what does not exist.
 */
export async function requireMember(page: TeamPage): Promise<TeamMember> {
  const identity = await getMember();
  if (identity.state === "member")
    return mayActAs(identity.member.role, PAGES[page]) ? identity.member : notFound();
  if (identity.state === "not_on_team") redirect("/not-on-team");
  redirect(`/sign-in?next=${encodeURIComponent(safeLocalPath((await headers()).get(PAGE_PATH_HEADER)))}`);
}

/** Everybody on the team, by name: who was ever signed in and was not removed, and in a demo its people. */
export async function listTeam(): Promise<TeamMember[]> {
  if (authMode() === "clerk") return storedTeam({ except: DEMO_MEMBERS.map(({ id }) => id) });
  await ensureMembers(DEMO_MEMBERS);
  return storedTeam();
}
