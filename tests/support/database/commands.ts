import mongoose from "mongoose";

export type SentCommand = {
  name: string;
  collection: string;
  writeConcern?: { w?: unknown };
  /** Size of the server's answer. */
  answerBytes: number;
};

/**
 * The commands that reached the server while `work` ran, in their order, as the server's profiler recorded them. Leaves
 * out the process's change stream, which asks twice a second.
 */
export async function commandsOf(work: () => Promise<unknown>): Promise<SentCommand[]> {
  const db = mongoose.connection.db;
  if (!db) throw new Error("not connected");
  await db.command({ profile: 0 });
  await db.collection("system.profile").drop();
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const entries = await db
    .collection<{ command: Record<string, unknown>; responseLength?: number }>("system.profile")
    .find({
      ns: { $nin: ["system.profile", "$cmd", "$cmd.aggregate"].map((of) => `${db.databaseName}.${of}`) },
    })
    .sort({ $natural: 1 })
    .toArray();
  return entries.map(({ command, responseLength }) => {
    const [name = "", collection] = Object.entries(command)[0] ?? [];
    return {
      name,
      collection: String(collection),
      writeConcern: command.writeConcern as { w?: unknown },
      answerBytes: responseLength ?? 0,
    };
  });
}
