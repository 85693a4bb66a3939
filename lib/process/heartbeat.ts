import "server-only";
import { connectDb, QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { log } from "@/lib/log";
import { Worker, type StoredWorker } from "@/models/WorkerModel";

/** How often a process that runs the followers says so, in milliseconds. */
const BEAT_MS = 5_000;
/** A worker counts as running for this long after a beat, in milliseconds. */
const RUNNING_MS = 20_000;
/** When the team is told that nothing works on mail and cards, in milliseconds after the last beat. */
const SILENT_MS = 60_000;
/** The same after a tick: hosts' timers run every minute to every five. */
const TICK_SILENT_MS = 6 * 60_000;

type Beating = Pick<StoredWorker, "_id" | "kind">;

/** Records that this process runs the followers; with `isRunning` false, that it has ended. Times are the database's. */
export async function beat({ _id, kind }: Beating, isRunning = true): Promise<void> {
  await connectDb();
  const row = { kind: { $literal: kind }, isRunning: { $literal: isRunning }, beatAt: "$$NOW" };
  await Worker.updateOne({ _id }, [{ $set: row }], { upsert: true, updatePipeline: true });
}

/** Beats at once and every 5 s until the returned function is called, which records the end. A failed beat is logged. */
export function startBeating(beating: Beating): () => Promise<void> {
  const beatOnce = (isRunning: boolean) =>
    beat(beating, isRunning).catch((error: unknown) => log.warn({ err: error }, "heartbeat not recorded"));
  let last = beatOnce(true);
  const timer = setInterval(() => void (last = last.then(() => beatOnce(true))), BEAT_MS);
  return async () => {
    clearInterval(timer);
    await last;
    await beatOnce(false);
  };
}

/** True if a worker or a tick runs the followers right now: it beat within 20 s and has not ended. */
export async function hasWorker(): Promise<boolean> {
  const alive = { isRunning: true, ...beatWithin(RUNNING_MS) };
  return (await Worker.exists(alive).maxTimeMS(QUERY_TIME_MAX_MS)) !== null;
}

/** How long ago the worker `_id` last beat, in milliseconds; null if it never has. */
export async function silenceOfWorker(_id: string): Promise<number | null> {
  const age = { ageMs: { $subtract: ["$$NOW", "$beatAt"] } };
  const row = await Worker.findOne({ _id }, age).maxTimeMS(QUERY_TIME_MAX_MS).lean<{ ageMs: number }>();
  return row?.ageMs ?? null;
}

/**
 * Since when nothing has worked on mail and cards: null if a worker beat within a minute or a tick within 6 minutes;
 * "ever" if none has within a week.
 */
export async function workerSilence(): Promise<Date | "ever" | null> {
  const heard = [
    { kind: "worker" as const, ...beatWithin(SILENT_MS) },
    { kind: "tick" as const, ...beatWithin(TICK_SILENT_MS) },
  ];
  if (await Worker.exists({ $or: heard }).maxTimeMS(QUERY_TIME_MAX_MS)) return null;
  const last = await Worker.findOne().sort({ beatAt: -1 }).maxTimeMS(QUERY_TIME_MAX_MS).lean<StoredWorker>();
  return last?.beatAt ?? "ever";
}

function beatWithin(ageMs: number) {
  return { $expr: trusted({ $gt: ["$beatAt", { $subtract: ["$$NOW", ageMs] }] }) };
}
