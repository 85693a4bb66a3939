import "server-only";
import { connectDb } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Member } from "@/models/MemberModel";
import { noteVisit } from "./member-profile";
import { forgetStanding, readStanding } from "./standing-memory";

/** Whether a session still counts: an admin may have removed the member, or they signed out elsewhere. */
type Standing = "on_team" | "removed" | "signed_out";

/**
 * The standing of `member`, whose session began at `since` if that is known. A removal or sign-out counts from the next
 * request on in the process that made it, and within 2 s in every other; usually nothing is read for that. Also notes the
 * visit, which is stored behind the request. Throws `OutcomeUnknownError` if the row must be read and the database stays
 * away for 10 s. The database is connected once this resolves.
 */
export async function findStanding(
  member: TeamMember,
  { since, now = new Date() }: { since?: Date; now?: Date } = {},
): Promise<Standing> {
  await connectDb();
  const row = await settleOutcome(() => readStanding(member.id));
  noteVisit(member, now, row === null);
  if (row?.removedAt) return "removed";
  return since && row?.signedOutAt && since <= row.signedOutAt ? "signed_out" : "on_team";
}

/** Ends every session of the member that began before `now`, on every device. */
export async function endSessions(memberId: string, now = new Date()): Promise<void> {
  await connectDb();
  try {
    await Member.updateOne({ _id: memberId }, { $max: { signedOutAt: now } });
  } finally {
    forgetStanding(memberId);
  }
}
