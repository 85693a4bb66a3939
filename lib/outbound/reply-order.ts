import "server-only";
import type { QueryFilter, Types, UpdateQuery } from "mongoose";
import { nudge } from "@/lib/process/nudge";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { settle } from "@/lib/store/queue/settle";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";

// The replies of one ticket go out in the order in which they were accepted.

/** Longest time that a reply waits for those before it, in milliseconds. */
const HELD_MAX_MS = 15 * 60_000;
/** How often a reply that waits looks again by itself, in milliseconds. */
const LOOK_MS = 60_000;

type Filter = QueryFilter<StoredMessage>;
const UNDER_WAY = trusted({ $in: ["queued" as const, "sending" as const] });

/**
 * Gives a leased reply back if an earlier one of its ticket is queued or being sent, unless it has waited for 15
 * minutes. This was no attempt. True if it was given back.
 */
export async function holdBack(
  queue: Queue<StoredMessage>,
  leased: Leased<StoredMessage>,
  clock: Clock,
): Promise<boolean> {
  const { row, until } = leased;
  const now = until.getTime() - queue.leaseMs;
  if (row.heldSince && now - row.heldSince.getTime() >= HELD_MAX_MS) return false;
  const earlier = await findEarlier(row);
  if (!earlier) return false;

  const since = { $ifNull: ["$heldSince", clock] };
  await settle(queue, leased, {
    set: { state: "queued", heldBy: earlier._id },
    compute: { heldSince: since, attempts: { $subtract: ["$attempts", 1] }, failures: "$failures" },
    dueAt: { $min: [{ $add: [since, HELD_MAX_MS] }, { $add: [clock, LOOK_MS] }] },
  });
  // It may have been settled just before this reply named it.
  const isUnderWay = await EmailMessage.exists({ _id: earlier._id, state: UNDER_WAY } as Filter);
  if (!isUnderWay) await letGo(earlier, clock);
  return true;
}

/** The last reply of the same ticket before this one that is queued or being sent. */
async function findEarlier({ _id, threadId, at }: StoredMessage): Promise<Settled | null> {
  const before = { $or: [{ at: trusted({ $lt: at }) }, { at, _id: trusted({ $lt: _id }) }] };
  return EmailMessage.findOne({ state: UNDER_WAY, threadId, ...before } as Filter, { threadId: 1 })
    .sort({ at: -1, _id: -1 })
    .lean<Settled>();
}

type Settled = { _id: string; threadId: Types.ObjectId };

/** Makes the replies that wait for this one due. */
export async function letGo({ _id, threadId }: Settled, clock: Clock): Promise<void> {
  const { modifiedCount } = await EmailMessage.updateMany(
    { state: "queued", threadId, heldBy: _id } as Filter,
    [{ $set: { dueAt: clock, heldBy: null } }] as unknown as UpdateQuery<StoredMessage>,
    { updatePipeline: true },
  );
  if (modifiedCount > 0) nudge("deliver");
}
