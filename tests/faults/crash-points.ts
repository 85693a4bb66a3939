import type { CrashPoint } from "@/lib/process/crash-point";

const IS_LONG = process.env.FAULTS === "long";

/** Every point, and which runs kill there: `npm test` too, or `npm run test:faults` alone. */
const RUNS: Record<CrashPoint, "always" | "long"> = {
  "ingest.raw-file-written": "long",
  "ingest.in-ledger": "always",
  "ingest.leased": "long",
  "ingest.parsed": "long",
  "ingest.attachments-stored": "long",
  "ingest.before-commit": "long",
  "ingest.committed": "long",
  "reply.before-commit": "long",
  "reply.committed": "long",
  "deliver.leased": "long",
  "deliver.before-data": "long",
  "deliver.data-begun": "long",
  "deliver.dot-written": "always",
  "deliver.accepted": "long",
  "deliver.recorded": "long",
  "deliver.before-told": "long",
  "deliver.told": "always",
  "tell.accepted": "long",
  "settle.before-commit": "long",
  "settle.committed": "long",
  "seen.written": "long",
  "claim.before-write": "long",
  "claim.written": "always",
  "cards.post-announced": "long",
  "cards.posted": "always",
  "cards.edited": "long",
  "cards.moved": "long",
  "cards.move-added": "always",
  "events.copied": "always",
  "reassign.written": "long",
  "decline.before-commit": "long",
  "decline.committed": "always",
  "bulk.item-done": "always",
  "bulk.before-settle": "long",
  "bulk.settled": "long",
};

export const CRASH_POINTS = Object.keys(RUNS);
/** Kills at each point. */
export const KILLS = IS_LONG ? 5 : 1;

/** The rows whose point is killed in this run. */
export function ofThisRun<Row extends [CrashPoint, ...unknown[]]>(rows: Row[]): Row[] {
  return rows.filter(([point]) => IS_LONG || RUNS[point] === "always");
}
