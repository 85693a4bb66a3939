import "server-only";
import mongoose from "mongoose";
import { connectDb } from "@/lib/store/db";
import { within } from "./deadline";
import { missingIndexes } from "@/lib/store/indexes";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { silenceOfWorker } from "./heartbeat";
import { ownWorker } from "./own-worker";
import { isStopping } from "./running";

/** Longest wait for the database to answer, in milliseconds. */
const PING_MS = 1_000;
/** How long a complete set of indexes is not checked again, in milliseconds. */
const INDEXES_FRESH_MS = 30_000;
/** A worker that has not beaten for this long, in milliseconds, makes its web process not ready. */
const WORKER_SILENT_MS = 30_000;

const checked = processSingleton("health", () => ({ indexesAt: -Infinity }));

/**
 * True if this process can serve: it is not stopping, the database answers within a second and has every index, and the
 * worker of this process, if it has one, has beaten within 30 s. Never rejects.
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
  return (await hasIndexes()) && (await isWorkerHeard());
}

async function hasIndexes(): Promise<boolean> {
  if (performance.now() - checked.indexesAt < INDEXES_FRESH_MS) return true;
  const missing = await missingIndexes();
  if (missing.length > 0) log.warn({ missing }, "not ready: indexes are missing, run npm run indexes");
  else checked.indexesAt = performance.now();
  return missing.length === 0;
}

async function isWorkerHeard(): Promise<boolean> {
  const worker = ownWorker();
  if (!worker) return true;
  const startedMs = performance.now() - worker.startedAt;
  const silentMs = Math.min((await silenceOfWorker(worker.id)) ?? Infinity, startedMs);
  if (silentMs < WORKER_SILENT_MS) return true;
  log.warn({ silentMs: Math.round(silentMs) }, "not ready: the worker has not beaten for 30 s");
  return false;
}
