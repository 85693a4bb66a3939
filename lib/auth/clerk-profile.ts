import "server-only";
import { createClerkClient } from "@clerk/nextjs/server";
import { z } from "zod";
import { within } from "@/lib/process/deadline";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import { CLERK_ANSWER_MS, IdentityUnavailableError } from "./identity";

export type ClerkProfile = { email: string; isEmailVerified: boolean; name: string; role: unknown };

/** How long a profile is used before Clerk is asked again, in milliseconds. */
const FRESH_MS = 60_000;
/** Profiles kept in one process; more people than any team has, so that strangers cannot fill the memory. */
const KEPT_MAX = 2_000;

type Kept = { at: number; profile: Promise<ClerkProfile | null> };
const kept = processSingleton("clerk-profiles", () => new Map<string, Kept>());

/**
 * The person's profile as Clerk has it, at most a minute old; older only while Clerk is away. Null where the account
 * is gone or has no address. Simultaneous calls ask once. Throws `IdentityUnavailableError` where Clerk is away and
 * nothing is kept.
 */
export async function findClerkProfile(userId: string, now = Date.now()): Promise<ClerkProfile | null> {
  const last = kept.get(userId);
  if (last && now - last.at < FRESH_MS) return last.profile;
  const profile = within(CLERK_ANSWER_MS, fetchProfile(userId));
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(userId, { at: now, profile });
  try {
    return await profile;
  } catch (error) {
    if (last) kept.set(userId, { at: now, profile: last.profile });
    else kept.delete(userId);
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
    if (!address) return null;
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
