import "server-only";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { createSmallIndexes } from "@/lib/store/indexes";
import { endOrphanedTransactions, limitTransactions } from "@/lib/store/transactions";
import { isDatabaseAway } from "@/lib/store/unknown-outcome";

/** How often a process looks for transactions of killed ones, in milliseconds. */
const UPKEEP_EVERY_MS = 5_000;

const upkeep = processSingleton("upkeep", () => ({ at: -Infinity, isPrepared: false }));

/**
 * Looks after the database: once, as soon as it answers, creates the indexes that small collections lack; then, every
 * 5 s, ends the transactions of killed processes.
 */
export async function upkeepStep(): Promise<{ worked: boolean }> {
  if (performance.now() - upkeep.at < UPKEEP_EVERY_MS) return { worked: false };
  upkeep.at = performance.now();
  if (!upkeep.isPrepared) await prepare();
  upkeep.isPrepared = true;
  await endOrphanedTransactions();
  return { worked: false };
}

async function prepare(): Promise<void> {
  await limitTransactions();
  try {
    const missing = await createSmallIndexes();
    if (missing.length > 0)
      log.warn({ missing }, "indexes of large collections are missing, run npm run indexes");
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    log.error({ err: error }, "indexes could not be created, run npm run indexes");
  }
}
