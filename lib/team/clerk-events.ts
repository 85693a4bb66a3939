import "server-only";
import { z } from "zod";
import { readPresence, isShutOut, type Presence } from "@/lib/auth/clerk-people";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { endSessions } from "@/lib/auth/standing";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { Member } from "@/models/MemberModel";
import { removeMember, restoreMember } from "./remove-member";

const UserData = z.object({
  id: z.string().min(1),
  banned: z.boolean().optional().default(false),
  locked: z.boolean().optional().default(false),
});
const MembershipData = z.object({
  organization: z.object({ id: z.string() }),
  public_user_data: z.object({ user_id: z.string().min(1) }),
});

const DELETION = z.literal("user.deleted");
const USER = z.enum(["user.created", "user.updated"]);
const MEMBERSHIP = z.enum([
  "organizationMembership.created",
  "organizationMembership.updated",
  "organizationMembership.deleted",
]);
const SESSION_END = z.enum(["session.ended", "session.removed", "session.revoked"]);
const ConcernsTeam = z.object({ type: z.union([DELETION, USER, MEMBERSHIP, SESSION_END]) });

/** The events of Clerk's webhook that the desk acts on. */
export const ClerkEvent = z.discriminatedUnion("type", [
  z.object({ type: DELETION, data: z.object({ id: z.string().min(1) }) }),
  z.object({ type: USER, data: z.looseObject(UserData.shape) }),
  z.object({ type: MEMBERSHIP, data: MembershipData }),
  z.object({ type: SESSION_END, data: z.object({ user_id: z.string().min(1) }) }),
]);
export type ClerkEvent = z.infer<typeof ClerkEvent>;

/** False for events that the desk does not act on, whatever they hold. */
export function concernsTeam(event: unknown): boolean {
  return ConcernsTeam.safeParse(event).success;
}

/**
 * Acts on an event of Clerk about somebody who has signed in here; others are ignored. Events arrive late, twice, and in
 * any order, so all but a deletion only make the desk ask Clerk how things are now, and the same event again does no
 * harm. If Clerk cannot be asked, an event that shuts somebody out is believed, and any other throws
 * `IdentityUnavailableError`, so that Clerk sends it again.
 */
export async function handleClerkEvent(event: ClerkEvent): Promise<void> {
  switch (event.type) {
    case "user.deleted":
      // Final: Clerk gives an id to nobody else.
      await removeMember(event.data.id, null, "account_deleted");
      return;
    case "user.created":
    case "user.updated":
      return follow(
        event.data.id,
        isShutOut({ ...event.data, raw: event.data }) ? "account_blocked" : "present",
      );
    case "organizationMembership.created":
    case "organizationMembership.updated":
    case "organizationMembership.deleted":
      if (event.data.organization.id !== env().CLERK_ORGANIZATION_ID) return;
      return follow(
        event.data.public_user_data.user_id,
        event.type === "organizationMembership.deleted" ? "left_organization" : "present",
      );
    case "session.ended":
    case "session.removed":
    case "session.revoked":
      // Ends their live streams. Those of sessions that go on open again at once.
      return endSessions(event.data.user_id);
  }
}

async function follow(userId: string, told: Presence): Promise<void> {
  const row = await Member.findById(userId, { removedAt: 1 }).lean();
  const isNews = row && (told === "present") === (row.removedAt !== null);
  if (isNews) await settlePresence(userId, await currentPresence(userId, told));
}

async function currentPresence(userId: string, told: Presence): Promise<Presence> {
  try {
    return await readPresence(userId);
  } catch (error) {
    if (told === "present" || !(error instanceof IdentityUnavailableError)) throw error;
    log.warn({ userId, told, err: error }, "Clerk away; its event is believed");
    return told;
  }
}

/** Makes a member's standing what Clerk says. An admin's removal stays. */
export async function settlePresence(userId: string, presence: Presence): Promise<void> {
  if (presence === "present") await restoreMember(userId, null);
  else await removeMember(userId, null, presence);
}
