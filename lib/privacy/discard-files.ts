import "server-only";
import mongoose, { type ClientSession, type Types } from "mongoose";
import { trusted } from "@/lib/store/db";
import { DiscardedFile, type StoredDiscardedFile } from "@/models/DiscardedFileModel";

/** Files that one step deletes. */
const BATCH = 20;

/** Lets the follower delete these files if and only if the session's transaction, which removes their names, commits. */
export async function discardFiles(
  bucket: StoredDiscardedFile["bucket"],
  ids: Types.ObjectId[],
  session: ClientSession,
): Promise<void> {
  if (ids.length === 0) return;
  await DiscardedFile.insertMany(
    ids.map((_id) => ({ _id, bucket })),
    { session },
  );
}

/** Deletes the next discarded files. A crash, or another process at the same time, only deletes a file again. */
export async function discardStep(): Promise<{ worked: boolean }> {
  const rows = await DiscardedFile.find().sort({ _id: 1 }).limit(BATCH).lean<StoredDiscardedFile[]>();
  for (const bucket of ["raw", "attachments"] as const) {
    const ids = rows.filter((row) => row.bucket === bucket).map(({ _id }) => _id);
    if (ids.length === 0) continue;
    await mongoose.connection.collection(`${bucket}.chunks`).deleteMany({ files_id: { $in: ids } });
    await mongoose.connection.collection(`${bucket}.files`).deleteMany({ _id: { $in: ids } });
    await DiscardedFile.deleteMany({ _id: trusted({ $in: ids }) });
  }
  return { worked: rows.length > 0 };
}
