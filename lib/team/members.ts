import "server-only";
import type { TeamMember } from "@/lib/api/vocabulary";
import { authMode } from "@/lib/auth";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { visitsStored } from "@/lib/auth/member-profile";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { Member, type StoredMember } from "@/models/MemberModel";

/** Most members listed. A larger team needs a search, which this product does not have. */
const TEAM_MAX = 500;

/**
 * Everybody who has signed in and was not removed, sorted by name; in the demo its people, signed in or not. The two stay
 * apart by the rows' mark, also in one database.
 */
export async function listTeam(): Promise<TeamMember[]> {
  await visitsStored(); // whoever asks may be new
  const isDemo = authMode() === "demo";
  if (isDemo) await ensureMembers(DEMO_MEMBERS);
  const members = await Member.find({ isDemo: isDemo || trusted({ $ne: true }), removedAt: null })
    .sort({ name: 1, _id: 1 })
    .limit(TEAM_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
  return members.map(({ _id, email, name, role }) => ({ id: _id, email, name, role }));
}

/** Inserts a row for each of `members` that has none, and marks those that were stored before there was a mark. */
async function ensureMembers(members: readonly TeamMember[]): Promise<void> {
  await Member.bulkWrite(
    members.map(({ id, email, name, role }) => ({
      updateOne: {
        filter: { _id: id },
        update: {
          $set: { isDemo: true },
          $setOnInsert: { email, name, role, lastSeenAt: new Date(), removedAt: null },
        },
        upsert: true,
      },
    })),
  );
}
