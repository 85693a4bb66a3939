import "server-only";
import { startBeating } from "@/lib/process/heartbeat";

/** One row for the ticks of all hosts. */
const TICK = { _id: "tick", kind: "tick" as const };

/**
 * Runs every follower until nothing is due or `boxMs` has passed, and returns how many units each did. For hosts without
 * long-lived processes; it beats meanwhile, as a worker does.
 */
export async function runTick(boxMs: number): Promise<Record<string, number>> {
  const stopBeating = startBeating(TICK);
  try {
    // Loaded when first needed: with a worker the web process does without the followers' packages.
    const { runDue } = await import("./followers");
    return await runDue(boxMs);
  } finally {
    await stopBeating();
  }
}
