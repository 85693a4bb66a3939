import mongoose from "mongoose";

export type SentCommand = { name: string; collection: string; writeConcern?: { w?: unknown } };

/** The commands that reached the server while `work` ran, in their order, as the server's profiler recorded them. */
export async function commandsOf(work: () => Promise<unknown>): Promise<SentCommand[]> {
  const db = mongoose.connection.db;
  if (!db) throw new Error("not connected");
  await db.command({ profile: 0 });
  await db.collection("system.profile").drop();
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const entries = await db
    .collection<{ command: Record<string, unknown> }>("system.profile")
    .find({ ns: { $nin: [`${db.databaseName}.system.profile`, `${db.databaseName}.$cmd`] } })
    .sort({ $natural: 1 })
    .toArray();
  return entries.map(({ command }) => {
    const [name = "", collection] = Object.entries(command)[0] ?? [];
    return { name, collection: String(collection), writeConcern: command.writeConcern as { w?: unknown } };
  });
}
