import "server-only";
import { cache } from "react";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { connection } from "next/server";
import { env } from "@/lib/env";
import type { TeamMember } from "@/lib/tickets/ticket";
import { readDemoIdentity, DEMO_MEMBERS } from "./demo";
import { admit, remember, storedTeam } from "./directory";
import { safeLocalPath } from "./local-path";
import type { Identity } from "./member";
import type { AuthMode } from "./mode";

/** Header in which proxy.ts tells pages their own address, for the way back after signing in. */
export const PAGE_PATH_HEADER = "x-desk-path";

/** Which identity this process answers with. */
export function authMode(): AuthMode {
  return env().AUTH_MODE;
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
  const identity = readDemoIdentity(headers);
  if (identity.state !== "member" || (await admit(identity.member))) return identity;
  return { state: "not_on_team", email: identity.member.email };
}

/** The member a page is for. Sends everybody else away: to sign-in and back, or to the page for strangers. */
export async function requireMember(): Promise<TeamMember> {
  const identity = await getMember();
  if (identity.state === "member") return identity.member;
  if (identity.state === "not_on_team") redirect("/not-on-team");
  redirect(`/sign-in?next=${encodeURIComponent(safeLocalPath((await headers()).get(PAGE_PATH_HEADER)))}`);
}

/** Everybody on the team, by name: who was ever signed in, and in a demo its people. */
export async function listTeam(): Promise<TeamMember[]> {
  const demoIds = DEMO_MEMBERS.map(({ id }) => id);
  if (authMode() === "clerk") return storedTeam(demoIds);
  const seen = await storedTeam([]);
  const unseen = DEMO_MEMBERS.filter((member) => !seen.some(({ id }) => id === member.id));
  if (unseen.length === 0) return seen;
  await Promise.all(unseen.map((member) => remember(member)));
  return storedTeam([]);
}
