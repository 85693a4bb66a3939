import mongoose, { type Model } from "mongoose";

/** What the server itself says it did, from its profiler. */
export type Profiled = {
  planSummary: string;
  keysExamined: number;
  docsExamined: number;
  nreturned?: number;
};

/** The operations on `model`'s collection while `work` ran: the product's own calls, not copies of their filters. */
export async function profiled(model: Model<never>, work: () => Promise<unknown>): Promise<Profiled[]> {
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
