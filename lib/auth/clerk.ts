import "server-only";
import { createClerkClient } from "@clerk/nextjs/server";
import { z } from "zod";
import { env } from "@/lib/env";
import { sha256 } from "@/lib/hash";
import { processSingleton } from "@/lib/process-singleton";
import { ROLES, type Role } from "@/lib/api/vocabulary";
import { signingKeyFor } from "./clerk-keys";
import { findClerkProfile, type ClerkProfile } from "./clerk-profile";
import { toProof } from "./clerk-proof";
import { IdentityUnavailableError, type Identity } from "./identity";
import { verifiedSessions } from "./verified-sessions";

/** Longest name of a member, in characters: every line of a ticket's history has it. */
const NAME_MAX = 100;

/** Claims that a Clerk instance adds to its session token if configured so; by default it sends none of them. */
const CustomClaims = z.object({
  email: z.email().optional().catch(undefined),
  email_verified: z.unknown().optional(),
  name: z.string().nullish().catch(undefined),
  metadata: z.object({ role: z.unknown() }).partial().optional().catch(undefined),
});

type Session = { userId: string; organizationId: string | null; claims: z.infer<typeof CustomClaims> };

/**
 * The identity in Clerk's session token, from the cookie or an `Authorization: Bearer` header. Checks its signature, its
 * times and, if APP_URL is set, the application it was issued to; a proof that was verified counts until its token ends.
 * A pending session, and a token of no session, is signed
 * out. Somebody outside the configured organization and mail domains, or whose account is deleted, is not on the team.
 * Calls Clerk only if the token lacks a claim, at most once a minute per person, or for the signing keys if CLERK_JWT_KEY
 * is not set; runs `beforeCall` first. Throws `IdentityUnavailableError` if Clerk is needed and away.
 */
export async function readClerkIdentity(
  headers: Headers,
  beforeCall?: () => Promise<void>,
): Promise<Identity> {
  const session = await readSession(headers, beforeCall);
  if (!session) return { state: "signed_out" };
  const profile = await profileOf(session, beforeCall);
  if (!profile || !isOnTeam(session, profile)) return { state: "not_on_team", email: profile?.email ?? null };
  const { email } = profile;
  const name = profile.name.slice(0, NAME_MAX).toWellFormed();
  return { state: "member", member: { id: session.userId, email, name, role: toRole(profile.role) } };
}

async function readSession(headers: Headers, beforeCall?: () => Promise<void>): Promise<Session | null> {
  const proof = toProof(headers);
  const jwtKey = await signingKeyFor(proof, beforeCall);
  if (!jwtKey) return null;
  const { CLERK_SECRET_KEY, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, APP_URL } = env();
  const settings = [jwtKey, APP_URL, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, CLERK_SECRET_KEY];
  const name = sha256([...proof.headers, ...settings]);
  const sessions = verifiedSessions<Session>();
  const known = sessions.find(name);
  if (known) return known;
  const verified = await verifySession(proof, jwtKey);
  if (verified) sessions.keep(name, verified.session, verified.endsAt);
  return verified?.session ?? null;
}

async function verifySession(
  proof: Request,
  jwtKey: string,
): Promise<{ session: Session; endsAt: number } | null> {
  const { CLERK_SECRET_KEY, NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY, CLERK_API_URL, APP_URL } = env();
  const clerk = processSingleton("clerk-sessions", () =>
    createClerkClient({
      secretKey: CLERK_SECRET_KEY,
      publishableKey: NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
      apiUrl: CLERK_API_URL,
      telemetry: { disabled: true },
    }),
  );
  const state = await clerk.authenticateRequest(proof, {
    jwtKey,
    acceptsToken: "session_token",
    authorizedParties: APP_URL ? [APP_URL] : undefined,
  });
  const auth = state.toAuth();
  // A token without a session's id is signed by the same key and proves no session that could end.
  if (!auth?.userId || !auth.sessionId) return null;
  const session = {
    userId: auth.userId,
    organizationId: auth.orgId ?? null,
    claims: CustomClaims.parse(auth.sessionClaims),
  };
  return { session, endsAt: auth.sessionClaims.exp * 1_000 };
}

/**
 * The person's profile from the token, or from Clerk if the token lacks a claim or does not say that the address is
 * verified. If Clerk is away, a token with a verified address is enough; its missing role counts as "member".
 */
async function profileOf(
  { userId, claims }: Session,
  beforeCall?: () => Promise<void>,
): Promise<ClerkProfile | null> {
  const { email, email_verified, name, metadata } = claims;
  if (email === undefined || email_verified !== true) return findClerkProfile(userId, beforeCall);
  const fromToken = { email, isEmailVerified: true, name: name?.trim() || email, role: metadata?.role };
  if (name !== undefined && metadata !== undefined) return fromToken;
  try {
    return await findClerkProfile(userId, beforeCall);
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

/** Without a role somebody is a member; a role that does not exist gives the least rights. */
function toRole(role: unknown): Role {
  if (role === undefined) return "member";
  return ROLES.find((known) => known === role) ?? "viewer";
}
