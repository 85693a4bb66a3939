import "server-only";
import mongoose, { Types, type ClientSession } from "mongoose";
import { processSingleton } from "@/lib/process-singleton";
import { trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueueInBatches } from "@/lib/store/queue/run";
import { DiscardedFile, type StoredDiscardedFile } from "@/models/DiscardedFileModel";

/** Files to delete. */
export const DISCARDED: Queue<StoredDiscardedFile> = {
  name: "discard",
  model: DiscardedFile,
  leaseMs: 60_000,
  batch: 20,
  failure: "A file that nothing names any more could not be deleted",
};

/** Lets the follower delete these files if and only if the session's transaction, which removes their names, commits. */
export async function discardFiles(
  bucket: StoredDiscardedFile["bucket"],
  ids: Types.ObjectId[],
  session: ClientSession,
): Promise<void> {
  if (ids.length === 0) return;
  const update = [{ $set: { bucket, dueAt: "$$NOW" } }];
  await DiscardedFile.bulkWrite(
    ids.map((_id) => ({ updateOne: { filter: { _id }, update, upsert: true } })),
    { session, timestamps: false },
  );
}

const own = processSingleton("discard", () => ({ hasAdopted: false }));

/** Deletes the next discarded files. A crash, or another process after the lease, only deletes a file again. */
export async function discardStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  if (!own.hasAdopted) await adoptOlder();
  own.hasAdopted = true;
  return runQueueInBatches(DISCARDED, deleteFiles, { clock });
}

/** Makes rows due that a version before due times left behind. */
async function adoptOlder(): Promise<void> {
  const all = { _id: trusted({ $gt: new Types.ObjectId("0".repeat(24)) }) }; // by the index of `_id`
  await DiscardedFile.updateMany(
    { ...all, dueAt: trusted({ $exists: false }) },
    [{ $set: { dueAt: "$$NOW" } }],
    { updatePipeline: true },
  );
}

async function deleteFiles(leased: Leased<StoredDiscardedFile>[]): Promise<void> {
  for (const bucket of ["raw", "attachments"] as const) {
    const ids = leased.filter(({ row }) => row.bucket === bucket).map(({ row }) => row._id);
    if (ids.length === 0) continue;
    await mongoose.connection.collection(`${bucket}.chunks`).deleteMany({ files_id: { $in: ids } });
    await mongoose.connection.collection(`${bucket}.files`).deleteMany({ _id: { $in: ids } });
    await DiscardedFile.deleteMany({ _id: trusted({ $in: ids }) });
  }
}
