import "server-only";
import type { ClientSession } from "mongoose";
import type { FailureOf } from "@/lib/api/refusals";
import type { RemovalReason, TeamMember } from "@/lib/api/vocabulary";
import { visitsStored } from "@/lib/auth/member-profile";
import { forgetStanding } from "@/lib/auth/standing-memory";
import { log } from "@/lib/log";
import { nudge } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { connectDb, inTransaction, trusted } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { literal, person } from "@/lib/tickets/transition";
import { Member } from "@/models/MemberModel";
import { recordAudit } from "./audit";

type RestoreFailure = FailureOf<"no_such_member" | "removed_meanwhile">;
type RemoveFailure = RestoreFailure | FailureOf<"own_removal">;

/** Removals that Clerk caused, and that end once Clerk says otherwise. A removal without a reason is an admin's. */
const CLERK_REASONS: RemovalReason[] = ["account_deleted", "account_blocked", "left_organization"];
export const REMOVED_BY_CLERK = { removedFor: trusted({ $in: CLERK_REASONS }) };

/**
 * Removes a member from the team, by an admin or, with `by` null, because Clerk says so. This process refuses them from
 * their next request on, every other within 2 s; their live streams end, and a follower releases the tickets they hold. True if this call
 * changed something: a second removal is a success, and an admin's takes the place of Clerk's. Nobody removes
 * themselves, and an admin must still be one when the removal is written; so no admin can remove the last one.
 * Throws `OutcomeUnknownError` if the database stays away for 10 s.
 */
export async function removeMember(
  memberId: string,
  by: TeamMember | null,
  reason: RemovalReason,
): Promise<Result<boolean, RemoveFailure>> {
  if (by?.id === memberId) return fail({ reason: "own_removal" });
  return changeStanding(memberId, by, "member_removed", reason, (session) =>
    Member.findOneAndUpdate(
      { _id: memberId, $or: [{ removedAt: null }, ...(reason === "by_admin" ? [REMOVED_BY_CLERK] : [])] },
      [
        {
          $set: {
            removedAt: { $ifNull: ["$removedAt", "$$NOW"] },
            removedBy: by ? person(by) : null,
            removedFor: literal(reason),
            releaseDueAt: "$$NOW",
          },
        },
      ],
      { session, updatePipeline: true },
    ).lean(),
  );
}

/**
 * Lets a removed member in again: by an admin whoever removed them, or with `by` null if Clerk did and no admin since.
 * The tickets that were released stay unassigned. True if this call changed something. Throws as `removeMember` does.
 */
export async function restoreMember(
  memberId: string,
  by: TeamMember | null,
): Promise<Result<boolean, RestoreFailure>> {
  return changeStanding(memberId, by, "member_restored", by ? "by_admin" : null, (session) =>
    Member.findOneAndUpdate(
      { _id: memberId, removedAt: trusted({ $ne: null }), ...(by ? {} : REMOVED_BY_CLERK) },
      {
        $set: { removedAt: null },
        $unset: { removedBy: 1, removedFor: 1, releaseDueAt: 1, releaseDueSince: 1 },
      },
      { session },
    ).lean(),
  );
}

/** Makes one change to a member's row and records it, in one transaction; neither if nothing matches. */
async function changeStanding(
  memberId: string,
  by: TeamMember | null,
  action: "member_removed" | "member_restored",
  reason: RemovalReason | null,
  write: (session: ClientSession) => Promise<unknown>,
): Promise<Result<boolean, RestoreFailure>> {
  await connectDb();
  await visitsStored(); // the role of `by` may be new
  const change = () =>
    inTransaction<Result<boolean, RestoreFailure>>(async (session) => {
      if (by && !(await isStillAdmin(by, session))) return fail({ reason: "removed_meanwhile" });
      const isChanged = (await write(session)) !== null;
      if (isChanged) await recordAudit({ by, action, subject: memberId, details: { reason } }, session);
      const isKnown = isChanged || (await Member.exists({ _id: memberId }).session(session)) !== null;
      return isKnown ? ok(isChanged) : fail({ reason: "no_such_member" });
    });
  const outcome = await settleOutcome(change).finally(() => forgetStanding(memberId));
  if (outcome.ok && outcome.value) {
    log.info(
      { memberId, by: by?.id ?? null, reason },
      action === "member_removed" ? "member removed" : "member restored",
    );
    nudge("team");
  }
  return outcome;
}

/** Whether `by` is still an admin of the team. Writes their row, so that a removal of `by` meanwhile is a conflict. */
async function isStillAdmin(by: TeamMember, session: ClientSession): Promise<boolean> {
  const { matchedCount } = await Member.updateOne(
    { _id: by.id, role: "admin", removedAt: null },
    { $inc: { adminActs: 1 } },
    { session },
  );
  return matchedCount === 1;
}
