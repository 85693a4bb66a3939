import "server-only";
import { createClerkClient } from "@clerk/nextjs/server";
import { z } from "zod";
import type { RemovalReason } from "@/lib/api/vocabulary";
import { env } from "@/lib/env";
import { within } from "@/lib/process/deadline";
import { CLERK_TIMEOUT_MS, IdentityUnavailableError } from "./identity";

/** Whether Clerk would still let somebody be on the team, and if not, why. */
export type Presence = "present" | Exclude<RemovalReason, "by_admin">;

type ClerkClient = ReturnType<typeof createClerkClient>;

/** Most people that Clerk looks up in one request. */
const LOOK_UP_MAX = 100;

/**
 * The presence of one person by Clerk's present word. Throws `IdentityUnavailableError` if Clerk is away or its answer
 * makes no sense; it never takes such an answer for an absence.
 */
export async function readPresence(userId: string): Promise<Presence> {
  return ask(async (clerk) => {
    const user = await clerk.users.getUser(userId).catch((error: unknown) => {
      if (UnknownUser.safeParse(error).success) return null;
      throw error;
    });
    if (!user) return "account_deleted";
    if (user.id !== userId) throw new Error("Clerk answered for another person.");
    if (isShutOut(user)) return "account_blocked";
    const members = await readMembers(clerk, [userId]);
    return members.has(userId) ? "present" : "left_organization";
  });
}

/**
 * Those of `userIds` who seem to be absent or blocked, from a few list requests; each of them is still to be confirmed by
 * `readPresence`. Throws `IdentityUnavailableError` if Clerk is away or any answer is incomplete.
 */
export async function findSuspects(userIds: string[]): Promise<Set<string>> {
  const suspects = new Set<string>();
  for (let at = 0; at < userIds.length; at += LOOK_UP_MAX) {
    const batch = userIds.slice(at, at + LOOK_UP_MAX);
    const good = await ask(async (clerk) => {
      const users = complete(await clerk.users.getUserList({ userId: batch, limit: LOOK_UP_MAX }));
      const ids = assertAmong(
        batch,
        users.filter((user) => !isShutOut(user)).map(({ id }) => id),
      );
      const members = await readMembers(clerk, batch);
      return new Set(ids.filter((id) => members.has(id)));
    });
    for (const id of batch) if (!good.has(id)) suspects.add(id);
  }
  return suspects;
}

/** Those of `userIds` who are members of the configured organization; all of them if there is none. */
async function readMembers(clerk: ClerkClient, userIds: string[]): Promise<Set<string>> {
  const { CLERK_ORGANIZATION_ID: organizationId } = env();
  if (!organizationId) return new Set(userIds);
  const memberships = complete(
    await clerk.organizations.getOrganizationMembershipList({
      organizationId,
      userId: userIds,
      limit: LOOK_UP_MAX,
    }),
  );
  return new Set(
    assertAmong(
      userIds,
      memberships.map(({ publicUserData }) => publicUserData?.userId),
    ),
  );
}

/** The rows of a list that has them all. */
function complete<Row>({ data, totalCount }: { data: Row[]; totalCount: number }): Row[] {
  if (!Array.isArray(data) || data.length !== totalCount) throw new Error("Clerk's list is incomplete.");
  return data;
}

/** `ids`, if each is one that was asked for. */
function assertAmong(asked: string[], ids: (string | undefined)[]): string[] {
  return ids.map((id) => {
    if (id === undefined || !asked.includes(id))
      throw new Error("Clerk's list names others than those asked for.");
    return id;
  });
}

const UnknownUser = z.object({ clerkError: z.literal(true), status: z.literal(404) });
const EndOfLock = z.object({ lockout_expires_in_seconds: z.number() });

/** Banned, or locked without an end. A lock that ends comes from wrong passwords, which anybody can type. */
export function isShutOut({
  banned,
  locked,
  raw,
}: {
  banned: boolean;
  locked: boolean;
  raw: unknown;
}): boolean {
  return banned || (locked && !EndOfLock.safeParse(raw).success);
}

async function ask<Answer>(question: (clerk: ClerkClient) => Promise<Answer>): Promise<Answer> {
  const { CLERK_SECRET_KEY: secretKey, CLERK_API_URL: apiUrl } = env();
  const clerk = createClerkClient({ secretKey, apiUrl, telemetry: { disabled: true } });
  try {
    return await within(CLERK_TIMEOUT_MS, question(clerk));
  } catch (error) {
    throw new IdentityUnavailableError(error);
  }
}
