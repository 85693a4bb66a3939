import mongoose from "mongoose";
import { expect } from "vitest";

type Operation = { op: string; command?: Record<string, unknown> };
const READS = ["find", "aggregate", "count", "distinct", "getMore"];

/** Waits until a write to the model's collection is under way at the server, such as one blocked by a transaction. */
export async function untilWriteWaits(model: { collection: { collectionName: string } }): Promise<void> {
  const ns = `${mongoose.connection.name}.${model.collection.collectionName}`;
  const writes = async () => {
    const ops = await mongoose.connection.db?.admin().command({ currentOp: 1, active: true, ns });
    const inProgress = (ops?.inprog ?? []) as Operation[]; // the server's documented field
    return inProgress.filter(
      ({ op, command = {} }) => op !== "query" && !READS.some((name) => name in command),
    ).length;
  };
  await expect.poll(writes, { timeout: 10_000 }).toBeGreaterThan(0);
}
