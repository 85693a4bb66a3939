import "server-only";
import { randomUUID } from "node:crypto";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { LiveSlot } from "@/models/LiveSlotModel";

/** Most live streams of one member at once, in all processes. Hidden windows close theirs. */
export const STREAMS_PER_MEMBER = 4;

/**
 * Takes one of the member's slots for `lifeMs` and returns the function that releases it, or null if all are taken. The
 * slot of a process that died is free again after `lifeMs`. Two streams never share a slot, since its `_id` is unique.
 * Throws `OutcomeUnknownError` if the database stays away for 10 s.
 */
export async function takeSlot(
  memberId: string,
  lifeMs: number,
  now = new Date(),
): Promise<(() => Promise<void>) | null> {
  const stream = randomUUID();
  const until = new Date(now.getTime() + lifeMs);
  for (let slot = 0; slot < STREAMS_PER_MEMBER; slot += 1) {
    const _id = `${memberId}:${slot}`;
    if (await settleOutcome(() => take(_id, stream, until, now))) {
      return async () => void (await LiveSlot.deleteOne({ _id, stream }));
    }
  }
  return null;
}

async function take(_id: string, stream: string, until: Date, now: Date): Promise<boolean> {
  try {
    await LiveSlot.updateOne(
      // Also matches its own slot, if the answer to an earlier attempt was lost.
      { _id, $or: [{ until: trusted({ $lte: now }) }, { stream }] },
      { $set: { stream, until } },
      { upsert: true, maxTimeMS: QUERY_TIME_MAX_MS },
    );
    return true;
  } catch (error) {
    // Another stream has the slot: the filter did not match, so the upsert tried to insert it again.
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
