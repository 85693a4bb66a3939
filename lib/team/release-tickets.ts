import "server-only";
import { ThreadId } from "@/lib/api/contracts";
import { ACTIVE_STATUSES } from "@/lib/api/vocabulary";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";
import { ASSIGNEE_BEFORE, changeThread, literal, newOperation, NOBODY } from "@/lib/tickets/transition";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { Member, type StoredMember } from "@/models/MemberModel";

/** Tickets released in one step, so that a step stays short. */
const BATCH_MAX = 50;
/** When the tickets are looked for again, in milliseconds after the removal: a claim may have been under way. */
const AGAIN_MS = 2 * 60_000;
/** When tickets that refused the change are looked for again, in milliseconds. */
const REFUSED_PAUSE_MS = 60_000;

/** Removed members whose tickets are to be released. */
export const RELEASES: Queue<StoredMember> = {
  name: "release",
  model: Member,
  fields: {
    dueAt: "releaseDueAt",
    dueSince: "releaseDueSince",
    leaseId: "releaseLeaseId",
    attempts: "releaseAttempts",
  },
  empty: "$$REMOVE",
  leaseMs: 60_000,
  project: { removedAt: 1, removedBy: 1 },
  failure: "A ticket of a removed member could not be released",
};

/** A ticket that somebody still has to work on; a resolved one keeps its assignee. */
const IS_ACTIVE = { status: trusted({ $in: [...ACTIVE_STATUSES, null] }) };

/**
 * Releases a batch of the tickets that one removed member holds, and looks again two minutes after the removal. A member
 * is due until a batch is not full, so a process that dies in between loses nothing. Two processes on the same member
 * release each ticket once, since the assignee is in each write's filter.
 */
export async function releaseStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  return runQueue(RELEASES, (leased) => releaseOf(leased, clock), { clock });
}

async function releaseOf(leased: Leased<StoredMember>, clock: Clock): Promise<void> {
  const { row: member, until } = leased;
  const left = await releaseBatch(member);
  if (left === "refused")
    return void (await settle(RELEASES, leased, { dueAt: { $add: [clock, REFUSED_PAUSE_MS] } }));
  const again = new Date((member.removedAt?.getTime() ?? 0) + AGAIN_MS);
  const isLast = until.getTime() - RELEASES.leaseMs >= again.getTime();
  if (left === "more") await settle(RELEASES, leased, { dueAt: clock });
  else await settle(RELEASES, leased, { dueAt: isLast ? null : again });
}

/**
 * Whether tickets are left to release after this batch: none, more of them, or some that refused the change, as a ticket
 * does whose history is full. A ticket that could not be written takes no other's place; throws only once no other is
 * left.
 */
async function releaseBatch(member: StoredMember): Promise<"none" | "more" | "refused"> {
  const stuck: StoredThread["_id"][] = [];
  let failed: PromiseRejectedResult | undefined;
  for (let room = BATCH_MAX; room > 0;) {
    const held = await EmailThread.find(
      { assignedTo: member._id, ...IS_ACTIVE, _id: trusted({ $nin: stuck }) },
      { claimedAt: 1 },
    )
      .limit(room)
      .lean<Pick<StoredThread, "_id" | "claimedAt">[]>();
    // Read after the tickets: if the member was let in again and has claimed one of them since, nothing is released.
    if (held.length === 0 || !(await isStillRemoved(member))) {
      if (held.length === 0 && failed) throw failed.reason;
      return held.length === 0 && stuck.length > 0 ? "refused" : "none";
    }
    const attempts = await Promise.allSettled(held.map((thread) => release(thread, member)));
    failed ??= attempts.find((attempt) => attempt.status === "rejected");
    if (failed && isDatabaseAway(failed.reason)) throw failed.reason;
    const isReleased = attempts.map((attempt) => attempt.status === "fulfilled" && attempt.value !== null);
    stuck.push(...held.filter((_, at) => !isReleased[at]).map(({ _id }) => _id));
    room -= isReleased.filter(Boolean).length;
  }
  return "more";
}

async function isStillRemoved({ _id, removedAt }: StoredMember): Promise<boolean> {
  return removedAt !== null && (await Member.exists({ _id, removedAt })) !== null;
}

async function release(
  { _id, claimedAt }: Pick<StoredThread, "_id" | "claimedAt">,
  member: StoredMember,
): Promise<Pick<StoredThread, "_id"> | null> {
  return changeThread({
    threadId: ThreadId.parse(_id.toHexString()),
    op: newOperation(),
    where: { assignedTo: member._id, claimedAt: claimedAt ?? null, ...IS_ACTIVE },
    set: NOBODY,
    line: {
      kind: "unclaimed",
      by: member.removedBy ?? null,
      way: "system", // who removed the member did not choose this ticket
      details: { assignee: ASSIGNEE_BEFORE, reason: literal("removed") },
    },
  });
}
