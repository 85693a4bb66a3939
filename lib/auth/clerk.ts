import "server-only";
import { createClerkClient } from "@clerk/nextjs/server";
import { z } from "zod";
import { TimedOutError, within } from "@/lib/process/deadline";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import type { Role } from "@/lib/api/vocabulary";
import { findClerkProfile, type ClerkProfile } from "./clerk-profile";
import { CLERK_TIMEOUT_MS, IdentityUnavailableError, type Identity } from "./identity";

/** Longest name of a member, in characters: every line of a ticket's history has it. */
const NAME_MAX = 100;

/** Claims that a Clerk instance adds to its session token if configured so; by default it sends none of them. */
const CustomClaims = z.object({
  email: z.email().optional().catch(undefined),
  email_verified: z.boolean().optional().catch(undefined),
  name: z.string().nullish().catch(undefined),
  metadata: z.object({ role: z.unknown() }).partial().optional().catch(undefined),
});

type Session = { userId: string; organizationId: string | null; claims: z.infer<typeof CustomClaims> };

/**
 * The identity in Clerk's session token, from the cookie or an `Authorization: Bearer` header. Checks its signature, its
 * times and, if APP_URL is set, the application it was issued to. A pending session is signed out. Somebody outside the
 * configured organization and mail domains, or whose account is deleted, is not on the team. Calls Clerk only if the
 * token lacks a claim, at most once a minute per person. Throws `IdentityUnavailableError` if Clerk is needed and away.
 */
export async function readClerkIdentity(headers: Headers): Promise<Identity> {
  const session = await readSession(headers);
  if (!session) return { state: "signed_out" };
  const profile = await profileOf(session);
  if (!profile || !isOnTeam(session, profile)) return { state: "not_on_team", email: profile?.email ?? null };
  const { email, name } = profile;
  const member = { id: session.userId, email, name: name.slice(0, NAME_MAX), role: toRole(profile.role) };
  return { state: "member", member };
}

async function readSession(headers: Headers): Promise<Session | null> {
  const { CLERK_JWT_KEY, CLERK_SECRET_KEY, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, CLERK_API_URL, APP_URL } =
    env();
  const clerk = processSingleton("clerk-sessions", () =>
    createClerkClient({
      secretKey: CLERK_SECRET_KEY,
      publishableKey: NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
      jwtKey: CLERK_JWT_KEY,
      apiUrl: CLERK_API_URL,
      telemetry: { disabled: true },
    }),
  );
  const authenticated = clerk.authenticateRequest(toProof(headers), {
    acceptsToken: "session_token",
    authorizedParties: APP_URL ? [APP_URL] : undefined,
  });
  const state = await within(CLERK_TIMEOUT_MS, authenticated).catch((error: unknown) => {
    throw error instanceof TimedOutError ? new IdentityUnavailableError(error) : error;
  });
  if (state.reason === "jwk-remote-failed-to-load") throw new IdentityUnavailableError(state.message);
  const auth = state.toAuth();
  if (!auth?.userId) return null;
  return {
    userId: auth.userId,
    organizationId: auth.orgId ?? null,
    claims: CustomClaims.parse(auth.sessionClaims),
  };
}

/** The session token, the time of signing in, and for test instances the browser's own token. */
const PROOF_COOKIE = /^__(session|client_uat|clerk_db_jwt)[_=]/;

// Only the headers that prove a session, and as a POST: so Clerk answers yes or no, and neither redirects nor refreshes.
// Refreshing is left to proxy.ts, whose fresh token is verified here like any other.
function toProof(headers: Headers): Request {
  const cookies = headers.get("cookie")?.split(/; */) ?? [];
  const proof = new Headers({ cookie: cookies.filter((cookie) => PROOF_COOKIE.test(cookie)).join("; ") });
  const fresh = headers.get("x-clerk-auth-token");
  const authorization = fresh ? `Bearer ${fresh}` : headers.get("authorization");
  if (authorization) proof.set("authorization", authorization);
  return new Request(env().APP_URL ?? "http://localhost", { method: "POST", headers: proof });
}

/**
 * The person's profile from the token, or from Clerk if the token lacks a claim. If Clerk is away, a token with an
 * address is enough; its missing role counts as "member".
 */
async function profileOf({ userId, claims }: Session): Promise<ClerkProfile | null> {
  const { email, name, metadata } = claims;
  if (email === undefined) return findClerkProfile(userId);
  // Verified unless the token denies it: Clerk makes only verified addresses primary.
  const isEmailVerified = claims.email_verified !== false;
  const fromToken = { email, isEmailVerified, name: name?.trim() || email, role: metadata?.role };
  if (name !== undefined && metadata !== undefined) return fromToken;
  try {
    return await findClerkProfile(userId);
  } catch (error) {
    if (error instanceof IdentityUnavailableError) return fromToken;
    throw error;
  }
}

function isOnTeam({ organizationId }: Session, { email, isEmailVerified }: ClerkProfile): boolean {
  const { CLERK_ORGANIZATION_ID, ALLOWED_EMAIL_DOMAINS } = env();
  if (CLERK_ORGANIZATION_ID && organizationId !== CLERK_ORGANIZATION_ID) return false;
  if (!ALLOWED_EMAIL_DOMAINS) return true;
  return (
    isEmailVerified && ALLOWED_EMAIL_DOMAINS.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase())
  );
}

function toRole(role: unknown): Role {
  return role === "admin" || role === "viewer" ? role : "member";
}
