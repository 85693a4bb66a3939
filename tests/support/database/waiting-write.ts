import mongoose from "mongoose";
import { expect } from "vitest";

/** Waits until one write to the model's collection is under way at the server, such as one blocked by a transaction. */
export async function untilWriteWaits(model: { collection: { collectionName: string } }): Promise<void> {
  const ns = `${mongoose.connection.name}.${model.collection.collectionName}`;
  const writes = async () => {
    const ops = await mongoose.connection.db?.admin().command({ currentOp: 1, active: true, ns });
    return (ops?.inprog as unknown[] | undefined)?.length; // the server's documented field
  };
  await expect.poll(writes).toBe(1);
}
