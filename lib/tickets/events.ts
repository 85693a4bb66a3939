import "server-only";
import { crashPoint } from "@/lib/process/crash-point";
import { trusted } from "@/lib/store/db";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";

/** Most lines that a thread keeps after they were copied, and most bytes of those older than two minutes. */
const HISTORY_KEPT = 50;
const HISTORY_KEPT_BYTES = 64 * 1024;
/** Younger lines stay in the thread in any case: a retried call, which gives up after 10 s, looks for its own line. */
const HISTORY_KEPT_MS = 2 * 60 * 1_000;

/**
 * Copies the history of one changed thread to `TicketEvent`, then trims the thread's own history to the last two minutes
 * and as much before them as fits into 50 lines and 64 KB. An event's id is "threadId:revision", so copying twice, or in
 * two processes, stores it once. A line is cut from the thread only after it was copied, also while the thread changes.
 *
 * So a thread's document stays far below MongoDB's 16 MB. A line has about 400 bytes, at most 2 KB. At the limits of
 * lib/pace.ts one member writes at most 630 lines a minute (five routes of 120 changes, 30 replies), and two minutes
 * touch three of its windows: 1,890 lines, 0.8 MB, at most 4 MB. Many members at once, or a follower that stands still,
 * are stopped by `HISTORY_FULL` in transition.ts: 1.2 MB, at most 6 MB.
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

  const copied = thread.revision ?? 0;
  await EmailThread.updateOne(
    { _id: thread._id },
    [
      {
        $set: {
          history: trimmed(copied),
          // A change since the read is due itself.
          eventsDueAt: { $cond: [{ $eq: ["$revision", copied] }, "$$REMOVE", "$eventsDueAt"] },
        },
      },
    ],
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

/** The history without the lines up to revision `copied` that are older than two minutes and do not fit any more. */
function trimmed(copied: number) {
  const cutAt = { $subtract: ["$$NOW", HISTORY_KEPT_MS] };
  const isOld = { $and: [{ $lt: ["$$this.at", cutAt] }, { $lte: ["$$this.revision", copied] }] };
  const history = { $ifNull: ["$history", []] };
  const bytes = { $add: ["$$value.bytes", { $bsonSize: "$$this" }] };
  const fits = { $lte: [bytes, HISTORY_KEPT_BYTES] };
  const others = { $subtract: [{ $size: history }, { $size: "$$old" }] };
  const room = { $max: [1, { $subtract: [HISTORY_KEPT, others] }] };
  return {
    $let: {
      vars: { old: { $filter: { input: history, as: "this", cond: isOld } } },
      in: {
        $let: {
          vars: {
            // From the newest to the oldest: the revision of the last one that fits.
            fit: {
              $reduce: {
                input: { $reverseArray: { $slice: ["$$old", { $multiply: [-1, room] }] } },
                initialValue: { bytes: 0, revision: copied + 1 },
                in: { bytes, revision: { $cond: [fits, "$$this.revision", "$$value.revision"] } },
              },
            },
          },
          in: {
            $filter: {
              input: history,
              as: "this",
              cond: { $or: [{ $not: [isOld] }, { $gte: ["$$this.revision", "$$fit.revision"] }] },
            },
          },
        },
      },
    },
  };
}
