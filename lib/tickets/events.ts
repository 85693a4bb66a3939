import "server-only";
import type { Model } from "mongoose";
import { crashPoint } from "@/lib/process/crash-point";
import type { Clock } from "@/lib/store/clock";
import { isHeld } from "@/lib/store/queue/lease";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueueInBatches } from "@/lib/store/queue/run";
import { settleAll } from "@/lib/store/queue/settle";
import { EmailThread, type StoredHistoryLine, type StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";

/** Most lines that a thread keeps after they were copied, and most bytes of those older than two minutes. */
const HISTORY_KEPT = 50;
const HISTORY_KEPT_BYTES = 64 * 1024;
/** Younger lines stay in the thread in any case: a retried call, which gives up after 10 s, looks for its own line. */
const HISTORY_KEPT_MS = 2 * 60 * 1_000;

/** A thread as a copy reads it: of its history only the lines that are not copied. */
type Changed = Pick<StoredThread, "_id" | "history" | "revision" | "erasedBefore">;

export const EVENTS: Queue<Changed> = {
  name: "events",
  model: EmailThread as unknown as Model<Changed>, // fewer fields of the same documents
  fields: {
    dueAt: "eventsDueAt",
    dueSince: "eventsDueSince",
    leaseId: "eventsLeaseId",
    attempts: "eventsAttempts",
  },
  empty: "$$REMOVE",
  leaseMs: 60_000,
  batch: 8,
  project: {
    revision: 1,
    erasedBefore: 1,
    history: {
      $filter: {
        input: { $ifNull: ["$history", []] },
        cond: { $gt: ["$$this.revision", { $ifNull: ["$copiedRevision", -1] }] },
      },
    },
  },
  failure: "The history of this ticket could not be copied",
};

/**
 * Copies the new lines of the history of a few changed threads to `TicketEvent`, then trims each thread's own history to
 * the last two minutes and as much before them as fits into 50 lines and 64 KB. An event's id is "threadId:revision", so
 * copying twice, or in two processes, stores it once. A line is cut from the thread only after it was copied, also while
 * the thread changes. A thread stored before `copiedRevision` existed is copied whole, once.
 *
 * So a thread's document stays far below MongoDB's 16 MB. A line has about 400 bytes, with a note at most 3 KB. At the
 * limits of lib/pace.ts one member writes at most 990 lines a minute (eight routes of 120 changes, 30 replies), and two
 * minutes touch three of its windows: 2,970 lines, 1.2 MB, at most 9 MB. Many members at once, or a follower that stands
 * still, are stopped by `HISTORY_FULL` in transition.ts. A line that can be undone may have 6 KB more, and is written to a
 * thread below 8 MB only.
 */
export async function eventStep(clock?: Clock): Promise<{ worked: boolean }> {
  return runQueueInBatches(EVENTS, copy, clock ? { clock } : {});
}

async function copy(threads: Leased<Changed>[]): Promise<void> {
  // A worker that slept must not write lines of a person who was erased meanwhile.
  const held = threads.filter(isHeld);
  const lines = held.flatMap(({ row }) => (row.history ?? []).map((line) => toEvent(row, line)));
  if (lines.length > 0) {
    await TicketEvent.bulkWrite(
      lines.map(({ _id, ...event }) => ({
        updateOne: { filter: { _id }, update: { $set: event }, upsert: true },
      })),
      { ordered: false, timestamps: false },
    );
  }
  if (globalThis.CRASH_POINTS) crashPoint("events.copied");
  if (held.length > 0) await settleAll(EVENTS, held.map(copied));
}

/** The thread stays due if it has changed since it was read. If a person was erased since, it is copied once more. */
function copied(leased: Leased<Changed>) {
  const { revision = 0, erasedBefore = null } = leased.row;
  const isSame = { $eq: [{ $ifNull: ["$erasedBefore", null] }, { $literal: erasedBefore }] };
  return {
    leased,
    outcome: {
      compute: {
        copiedRevision: { $cond: [isSame, { $max: ["$copiedRevision", revision] }, "$copiedRevision"] },
        history: { $cond: [isSame, trimmed(revision), "$history"] },
      },
      dueAt: { $cond: [{ $eq: [{ $ifNull: ["$revision", 0] }, revision] }, "$$REMOVE", "$$NOW"] },
    },
  };
}

function toEvent(
  { _id }: Changed,
  { op: _op, before: _before, ...line }: StoredHistoryLine,
): StoredTicketEvent {
  return { _id: `${_id.toHexString()}:${line.revision}`, threadId: _id, ...line };
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
