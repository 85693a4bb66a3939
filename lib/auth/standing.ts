import "server-only";
import { connectDb, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { env } from "@/lib/env";
import { processSingleton } from "@/lib/process-singleton";
import type { TeamMember } from "@/lib/api/vocabulary";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { Member, type StoredMember } from "@/models/MemberModel";

/** How often one process writes an unchanged member's row, in milliseconds. */
const SAVE_EVERY_MS = 60_000;

type Saved = { at: number; profile: string };
const lastSaved = processSingleton("members-saved", () => new Map<string, Saved>());

/** Whether a session still counts: an admin may have removed the member, or they signed out elsewhere. */
type Standing = "on_team" | "removed" | "signed_out";

/**
 * The standing of `member`, whose session began at `since` if that is known; a removal or sign-out counts from the next
 * request on. Also saves the member's profile from the session: at first sight, when it changed, and otherwise once a
 * minute per process. Throws `OutcomeUnknownError` if the database stays away for 10 s.
 */
export async function findStanding(
  member: TeamMember,
  { since, now = new Date() }: { since?: Date; now?: Date } = {},
): Promise<Standing> {
  await connectDb();
  // Both the read and the write are safe to repeat, so a failover delays the answer and does not refuse it.
  const { removedAt, signedOutAt } = await settleOutcome(() => loadRow(member, now));
  if (removedAt) return "removed";
  return since && signedOutAt && since <= signedOutAt ? "signed_out" : "on_team";
}

type Row = Pick<StoredMember, "removedAt" | "signedOutAt">;

async function loadRow(member: TeamMember, now: Date): Promise<Row> {
  const profile = JSON.stringify([member.email, member.name, member.role]);
  const last = lastSaved.get(member.id);
  if (last?.profile === profile && now.getTime() - last.at < SAVE_EVERY_MS) {
    const row = await Member.findById(member.id, { removedAt: 1, signedOutAt: 1 })
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<Row>();
    if (row) return row;
  }
  const row = await saveMember(member, now);
  lastSaved.set(member.id, { at: now.getTime(), profile });
  return row;
}

async function saveMember({ id, email, name, role }: TeamMember, now: Date): Promise<StoredMember> {
  const isDemo = env().AUTH_MODE === "demo";
  // `_id` is the person, so simultaneous first sights leave one row; a stored removal stays.
  return Member.findByIdAndUpdate(
    id,
    {
      $set: { email, name, role, lastSeenAt: now, ...(isDemo ? { isDemo } : {}) },
      ...(isDemo ? {} : { $unset: { isDemo: 1 } }),
      $setOnInsert: { removedAt: null },
    },
    { upsert: true, returnDocument: "after", maxTimeMS: QUERY_TIME_MAX_MS },
  )
    .orFail()
    .lean<StoredMember>();
}

/** Ends every session of the member that began before `now`, on every device. */
export async function endSessions(memberId: string, now = new Date()): Promise<void> {
  await connectDb();
  await Member.updateOne({ _id: memberId }, { $max: { signedOutAt: now } });
}
