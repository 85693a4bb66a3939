import mongoose from "mongoose";

type Collection = { collection: { collectionName: string } };

/** An operation, as the server's profiler recorded it. */
export type Profiled = {
  /** "query", "update", "command" and so on; each statement of a batch of writes is an operation of its own. */
  op: string;
  planSummary: string;
  keysExamined: number;
  docsExamined: number;
  nreturned?: number;
  /** Bytes of the server's answer. */
  responseLength: number;
};

/** The operations that `work` ran on the model's collection, so a test needs no copy of the product's filters. */
export async function profiled(model: Collection, work: () => Promise<unknown>): Promise<Profiled[]> {
  const db = mongoose.connection.db;
  if (!db) throw new Error("not connected");
  await db.command({ profile: 0 });
  await db.collection("system.profile").drop();
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const ns = `${db.databaseName}.${model.collection.collectionName}`;
  const entries = await db.collection("system.profile").find({ ns }).toArray();
  return entries as unknown as Profiled[]; // the profiler's documented fields
}
