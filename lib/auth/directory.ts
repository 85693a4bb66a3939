import "server-only";
import { connectDb, ours, QUERY_TIME_MAX_MS } from "@/lib/db";
import { processSingleton } from "@/lib/process-singleton";
import type { TeamMember } from "@/lib/tickets/ticket";
import { Member, type StoredMember } from "@/models/MemberModel";

/** How often a member's row is written in one process, in milliseconds. */
const REMEMBER_EVERY_MS = 60_000;

type Remembered = { at: number; as: string };
const remembered = processSingleton("members-remembered", () => new Map<string, Remembered>());

/**
 * True where `member` may come in: an admin's removal counts from the next request on. Keeps the member's row as the
 * session describes it, written at first sight, when something changed, and otherwise once a minute per process.
 */
export async function admit(member: TeamMember, now = new Date()): Promise<boolean> {
  await connectDb();
  const as = JSON.stringify([member.email, member.name, member.role]);
  const last = remembered.get(member.id);
  if (last?.as === as && now.getTime() - last.at < REMEMBER_EVERY_MS) {
    const stored = await Member.findById(member.id, { removedAt: 1 })
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredMember>();
    if (stored) return !stored.removedAt;
  }
  const stored = await remember(member, now);
  remembered.set(member.id, { at: now.getTime(), as });
  return !stored.removedAt;
}

/** Writes the member's row; a removal that is stored stays. Of simultaneous first sights one row is left. */
export async function remember(member: TeamMember, now = new Date()): Promise<StoredMember> {
  return Member.findByIdAndUpdate(
    member.id,
    {
      $set: { email: member.email, name: member.name, role: member.role, lastSeenAt: now },
      $setOnInsert: { removedAt: null },
    },
    { upsert: true, returnDocument: "after", maxTimeMS: QUERY_TIME_MAX_MS },
  )
    .orFail()
    .lean<StoredMember>();
}

/** Everybody on the team that has been seen and was not removed, by name. `except` names ids to leave out. */
export async function storedTeam(except: string[]): Promise<TeamMember[]> {
  await connectDb();
  const members = await Member.find({ _id: ours({ $nin: except }), removedAt: null })
    .sort({ name: 1, _id: 1 })
    .limit(500)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
  return members.map(({ _id, email, name, role }) => ({ id: _id, email, name, role }));
}
