import "server-only";
import { createClerkClient } from "@clerk/nextjs/server";
import { z } from "zod";
import { within } from "@/lib/process/deadline";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { CLERK_TIMEOUT_MS, IdentityUnavailableError } from "./identity";

export type ClerkProfile = { email: string; isEmailVerified: boolean; name: string; role: unknown };

/** How long a cached profile is used before Clerk is asked again, in milliseconds. */
const FRESH_MS = 60_000;
/** Most profiles cached in one process. More than any team has; the limit keeps strangers from filling the memory. */
const CACHE_MAX = 2_000;

type Cached = { at: number; profile: Promise<ClerkProfile | null> };
const cache = processSingleton("clerk-profiles", () => new Map<string, Cached>());

/**
 * The person's profile from Clerk, at most a minute old, or older while Clerk is away. Null if the account is deleted or
 * has no address. Runs `beforeCall` before Clerk is asked; simultaneous calls ask once. Throws `IdentityUnavailableError`
 * if Clerk is away and nothing is cached.
 */
export async function findClerkProfile(
  userId: string,
  beforeCall = async () => {},
): Promise<ClerkProfile | null> {
  const fresh = () => {
    const cached = cache.get(userId);
    return cached && Date.now() - cached.at < FRESH_MS ? cached : undefined;
  };
  if (!fresh()) await beforeCall();
  const meanwhile = fresh();
  if (meanwhile) return meanwhile.profile;
  const last = cache.get(userId);
  const at = Date.now();
  const profile = within(CLERK_TIMEOUT_MS, fetchProfile(userId));
  if (cache.size >= CACHE_MAX) cache.clear();
  cache.set(userId, { at, profile });
  try {
    return await profile;
  } catch (error) {
    if (last) cache.set(userId, { at, profile: last.profile });
    else cache.delete(userId);
    if (last) return last.profile;
    throw new IdentityUnavailableError(error);
  }
}

const UnknownUser = z.object({ clerkError: z.literal(true), status: z.literal(404) });

async function fetchProfile(userId: string): Promise<ClerkProfile | null> {
  const { CLERK_SECRET_KEY: secretKey, CLERK_API_URL: apiUrl } = env();
  const clerk = createClerkClient({ secretKey, apiUrl, telemetry: { disabled: true } });
  try {
    const user = await clerk.users.getUser(userId);
    const address = user.primaryEmailAddress;
    if (!address?.emailAddress) return null;
    return {
      email: address.emailAddress,
      isEmailVerified: address.verification?.status === "verified",
      name: user.fullName?.trim() || address.emailAddress,
      role: user.publicMetadata.role,
    };
  } catch (error) {
    if (UnknownUser.safeParse(error).success) return null;
    throw error;
  }
}
