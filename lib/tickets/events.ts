import "server-only";
import { crashPoint } from "@/lib/process/crash-point";
import { trusted } from "@/lib/store/db";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";

/** History lines that a thread keeps after they were copied. */
const HISTORY_KEPT = 50;
/** Younger lines stay in the thread in any case: a repeated call looks for its own line there. */
const HISTORY_KEPT_MS = 60 * 60 * 1_000;

/**
 * Copies the history of one changed thread to `TicketEvent`, then trims the thread's own history to its last 50 lines
 * and the last hour. An event's id is "threadId:revision", so copying twice, or in two processes, stores it once. A line
 * is cut from the thread only after it was copied.
 */
export async function eventStep(now: Date): Promise<{ worked: boolean }> {
  const thread = await EmailThread.findOne(
    { eventsDueAt: trusted({ $lte: now }) },
    { history: 1, revision: 1 },
  )
    .sort({ eventsDueAt: 1 })
    .lean<StoredThread>();
  if (!thread) return { worked: false };

  const lines = thread.history ?? [];
  if (lines.length > 0) {
    await TicketEvent.bulkWrite(
      lines.map((line) => ({
        updateOne: {
          filter: { _id: `${thread._id.toHexString()}:${line.revision}` },
          update: { $setOnInsert: toEvent(thread, line) },
          upsert: true,
        },
      })),
      { ordered: false, timestamps: false },
    );
  }

  if (globalThis.CRASH_POINTS) crashPoint("events.copied");

  const cutAt = new Date(now.getTime() - HISTORY_KEPT_MS);
  await EmailThread.updateOne(
    { _id: thread._id, revision: thread.revision ?? 0 },
    [{ $unset: "eventsDueAt" }, trimmed(cutAt)],
    { updatePipeline: true },
  );
  return { worked: true };
}

function toEvent(
  thread: StoredThread,
  { op: _op, ...line }: StoredHistoryLine,
): Omit<StoredTicketEvent, "_id"> {
  return { threadId: thread._id, ...line };
}

/** Keeps the last 50 lines, and any line younger than `cutAt`. */
function trimmed(cutAt: Date) {
  const older = { $filter: { input: "$history", cond: { $lt: ["$$this.at", cutAt] } } };
  const younger = { $filter: { input: "$history", cond: { $gte: ["$$this.at", cutAt] } } };
  const room = { $max: [0, { $subtract: [HISTORY_KEPT, { $size: younger }] }] };
  const keptOlder = { $cond: [{ $gt: [room, 0] }, { $slice: [older, { $multiply: [-1, room] }] }, []] };
  return {
    $set: {
      history: {
        $cond: [
          { $gt: [{ $size: "$history" }, HISTORY_KEPT] },
          { $concatArrays: [keptOlder, younger] },
          "$history",
        ],
      },
    },
  };
}
