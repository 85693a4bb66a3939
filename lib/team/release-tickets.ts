import "server-only";
import { ThreadId } from "@/lib/api/contracts";
import { ACTIVE_STATUSES } from "@/lib/api/vocabulary";
import { trusted } from "@/lib/store/db";
import { ASSIGNEE_BEFORE, changeThread, literal, newOperation, NOBODY } from "@/lib/tickets/transition";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { Member, type StoredMember } from "@/models/MemberModel";

/** Tickets released in one step, so that a step stays short. */
const BATCH_MAX = 50;
/** How long one process has for a batch before another takes the member up, in milliseconds. */
const LEASE_MS = 60_000;
/** When the tickets are looked for again, in milliseconds after the removal: a claim may have been under way. */
const AGAIN_MS = 2 * 60_000;

/** A ticket that somebody still has to work on; a resolved one keeps its assignee. */
const IS_ACTIVE = { status: trusted({ $in: [...ACTIVE_STATUSES, null] }) };

/**
 * Releases a batch of the tickets that one removed member holds, and looks again two minutes after the removal. A member
 * is due until a batch is not full, so a process that dies in between loses nothing. Two processes on the same member
 * release each ticket once, since the assignee is in each write's filter.
 */
export async function releaseStep(now: Date): Promise<{ worked: boolean }> {
  const leaseUntil = new Date(now.getTime() + LEASE_MS);
  const member = await Member.findOneAndUpdate(
    { releaseDueAt: trusted({ $lte: now }) },
    { $set: { releaseDueAt: leaseUntil } },
    { sort: { releaseDueAt: 1 } },
  ).lean<StoredMember>();
  if (!member) return { worked: false };

  const left = await releaseBatch(member);
  // A ticket that could not be released is due again when the lease has run out.
  if (left === "refused") return { worked: true };
  const again = new Date((member.removedAt?.getTime() ?? 0) + AGAIN_MS);
  const next = left === "more" ? now : again;
  await Member.updateOne(
    { _id: member._id, releaseDueAt: leaseUntil },
    left === "none" && now >= again ? { $unset: { releaseDueAt: 1 } } : { $set: { releaseDueAt: next } },
  );
  return { worked: true };
}

/**
 * Whether tickets are left to release after this batch: none, more of them, or some that refused the change, as a ticket
 * does whose history is full. Throws after the batch if a ticket could not be written.
 */
async function releaseBatch(member: StoredMember): Promise<"none" | "more" | "refused"> {
  const held = await EmailThread.find({ assignedTo: member._id, ...IS_ACTIVE }, { claimedAt: 1 })
    .limit(BATCH_MAX)
    .lean<Pick<StoredThread, "_id" | "claimedAt">[]>();
  // Read after the tickets: if the member was let in again and has claimed one of them since, nothing is released.
  if (!(await isStillRemoved(member))) return "none";
  const attempts = await Promise.allSettled(held.map((thread) => release(thread, member)));
  for (const attempt of attempts) if (attempt.status === "rejected") throw attempt.reason;
  if (attempts.some((attempt) => attempt.status === "fulfilled" && attempt.value === null)) return "refused";
  return held.length < BATCH_MAX ? "none" : "more";
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
      details: { assignee: ASSIGNEE_BEFORE, reason: literal("removed") },
    },
  });
}
