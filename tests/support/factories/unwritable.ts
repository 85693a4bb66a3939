import mongoose, { type Types } from "mongoose";
import { EmailThread } from "@/models/EmailThreadModel";

// Threads that take no change. The server refuses every write to them, for good.

type Thread = { _id: Types.ObjectId };

/** Largest document that MongoDB stores, in bytes. */
const DOCUMENT_MAX_BYTES = 16 * 1024 * 1024;

/** Makes the thread so large that no history line fits any more. */
export async function fillUp({ _id }: Thread): Promise<void> {
  const stored = await EmailThread.collection.findOneAndUpdate({ _id }, { $set: { excerpt: "" } });
  const taken = mongoose.mongo.BSON.calculateObjectSize(stored ?? {});
  const excerpt = "x".repeat(DOCUMENT_MAX_BYTES - taken);
  await EmailThread.collection.updateOne({ _id }, { $set: { excerpt } });
}

/** Makes every change of the thread fail at its history, until `mend`. */
export async function breakThread({ _id }: Thread): Promise<void> {
  await EmailThread.collection.updateOne({ _id }, { $set: { history: "no list" } });
}

export async function mendThread({ _id }: Thread): Promise<void> {
  await EmailThread.collection.updateOne({ _id }, { $set: { history: [] } });
}
