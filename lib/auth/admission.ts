import "server-only";
import { connectDb, trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { processSingleton } from "@/lib/process-singleton";
import type { TeamMember } from "@/lib/api/vocabulary";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Member, type StoredMember } from "@/models/MemberModel";

/** How often a member's row is written in one process, in milliseconds. */
const REMEMBER_EVERY_MS = 60_000;

/** Most members listed. A team beyond that needs a search, which is not this product. */
const TEAM_MAX = 500;

type Remembered = { at: number; as: string };
const remembered = processSingleton("members-remembered", () => new Map<string, Remembered>());

/** Whether a session lets its member in: an admin may have removed them, or they ended their sessions elsewhere. */
export type Admission = "in" | "removed" | "ended";

/**
 * Says whether `member`, with a session begun at `since` where that is known, may come in; a removal or sign-out counts
 * from the next request on. Keeps the member's row as the session describes it, written at first sight, when something
 * changed, and otherwise once a minute per process.
 */
export async function admit(
  member: TeamMember,
  { since, now = new Date() }: { since?: Date; now?: Date } = {},
): Promise<Admission> {
  await connectDb();
  // Both the look and the write may be repeated, so a failover delays the answer and does not refuse it.
  const { removedAt, signedOutAt } = await settleOutcome(() => look(member, now));
  if (removedAt) return "removed";
  return since && signedOutAt && since <= signedOutAt ? "ended" : "in";
}

type Standing = Pick<StoredMember, "removedAt" | "signedOutAt">;

async function look(member: TeamMember, now: Date): Promise<Standing> {
  const as = JSON.stringify([member.email, member.name, member.role]);
  const last = remembered.get(member.id);
  if (last?.as === as && now.getTime() - last.at < REMEMBER_EVERY_MS) {
    const stored = await Member.findById(member.id, { removedAt: 1, signedOutAt: 1 })
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<Standing>();
    if (stored) return stored;
  }
  const stored = await remember(member, now);
  remembered.set(member.id, { at: now.getTime(), as });
  return stored;
}

async function remember({ id, email, name, role }: TeamMember, now: Date): Promise<StoredMember> {
  // One row is left of simultaneous first sights, since `_id` is the person; a removal that is stored stays.
  return Member.findByIdAndUpdate(
    id,
    { $set: { email, name, role, lastSeenAt: now }, $setOnInsert: { removedAt: null } },
    { upsert: true, returnDocument: "after", maxTimeMS: QUERY_TIME_MAX_MS },
  )
    .orFail()
    .lean<StoredMember>();
}

/** Ends every session of that member that has begun, wherever its cookie is. */
export async function endSessions(memberId: string, now = new Date()): Promise<void> {
  await connectDb();
  await Member.updateOne({ _id: memberId }, { $max: { signedOutAt: now } });
}

/** Makes sure that each of `members` has a row, once per process; rows that stand are left as they are. */
export async function ensureMembers(members: readonly TeamMember[], now = new Date()): Promise<void> {
  const unseen = members.filter(({ id }) => !remembered.has(id));
  if (unseen.length === 0) return;
  await connectDb();
  await Member.bulkWrite(
    unseen.map(({ id, email, name, role }) => ({
      updateOne: {
        filter: { _id: id },
        update: { $setOnInsert: { email, name, role, lastSeenAt: now, removedAt: null } },
        upsert: true,
      },
    })),
  );
  for (const { id } of unseen) remembered.set(id, { at: 0, as: "" });
}

/** Everybody who was seen on the team and not removed since, by name; without the ids in `except`. */
export async function storedTeam({ except = [] }: { except?: string[] } = {}): Promise<TeamMember[]> {
  await connectDb();
  const members = await Member.find({ _id: trusted({ $nin: except }), removedAt: null })
    .sort({ name: 1, _id: 1 })
    .limit(TEAM_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
  return members.map(({ _id, email, name, role }) => ({ id: _id, email, name, role }));
}
