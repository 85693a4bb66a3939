import "server-only";
import mongoose from "mongoose";
import { connectDb } from "@/lib/store/db";
import { within } from "./deadline";
import { missingIndexes } from "@/lib/store/indexes";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { isStopping } from "./running";

/** How long the database may take to answer, in milliseconds. */
const PING_MS = 1_000;
/** How long indexes that were all found are taken to be there, in milliseconds. */
const INDEXES_FRESH_MS = 30_000;

const checked = processSingleton("health", () => ({ indexesAt: -Infinity }));

/**
 * True where this process can serve: it was not told to end, and the database answers within a second and has every
 * index. Never rejects.
 */
export async function isReady(): Promise<boolean> {
  if (isStopping()) return false;
  try {
    return await within(PING_MS, check());
  } catch (error) {
    log.warn({ err: error }, "not ready");
    return false;
  }
}

async function check(): Promise<boolean> {
  await connectDb();
  await mongoose.connection.db?.command({ ping: 1 });
  if (performance.now() - checked.indexesAt < INDEXES_FRESH_MS) return true;
  const missing = await missingIndexes();
  if (missing.length > 0) log.warn({ missing }, "not ready: indexes are missing, run npm run indexes");
  else checked.indexesAt = performance.now();
  return missing.length === 0;
}
