import "server-only";
import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { LiveSlot } from "@/models/LiveSlotModel";

/** Live streams one member may have open at once, over all processes. Hidden windows close theirs. */
export const STREAMS_PER_MEMBER = 4;

/**
 * Takes one of `memberId`'s seats for `lifeMs` and returns what gives it back, or null where all are taken. A seat
 * whose process died is free again when its time is up. Two streams never get the same seat: its `_id` is the seat.
 * Throws `OutcomeUnknownError` where the database stayed away for 10 s.
 */
export async function takeSlot(
  memberId: string,
  lifeMs: number,
  now = new Date(),
): Promise<(() => Promise<void>) | null> {
  const stream = randomUUID();
  const until = new Date(now.getTime() + lifeMs);
  for (let seat = 0; seat < STREAMS_PER_MEMBER; seat += 1) {
    const _id = `${memberId}:${seat}`;
    if (await settleOutcome(() => take(_id, stream, until, now))) {
      return async () => void (await LiveSlot.deleteOne({ _id, stream }));
    }
  }
  return null;
}

async function take(_id: string, stream: string, until: Date, now: Date): Promise<boolean> {
  try {
    await LiveSlot.updateOne(
      // Its own it takes again: the answer to an earlier attempt may have been lost.
      { _id, $or: [{ until: trusted({ $lte: now }) }, { stream }] },
      { $set: { stream, until } },
      { upsert: true, maxTimeMS: QUERY_TIME_MAX_MS },
    );
    return true;
  } catch (error) {
    // 11000 DuplicateKey: somebody sits there, so that the filter did not match and the insert failed.
    if (error instanceof mongoose.mongo.MongoServerError && error.code === 11000) return false;
    throw error;
  }
}
