import "server-only";
import { readFileSync } from "node:fs";

declare global {
  /** True in the build that tests kill. Any other build has `false` written in its place, and drops what it guards. */
  var CRASH_POINTS: boolean | undefined;
}

/** Where a crash is most likely to lose something or to do it twice. A type alone, so that no list of them ships. */
export type CrashPoint =
  | "ingest.raw-file-written"
  | "ingest.in-ledger"
  | "ingest.leased"
  | "ingest.parsed"
  | "ingest.attachments-stored"
  | "ingest.before-commit"
  | "ingest.committed"
  | "reply.before-commit"
  | "reply.committed"
  | "deliver.leased"
  | "deliver.before-data"
  | "deliver.data-begun"
  | "deliver.dot-written"
  | "deliver.accepted"
  | "deliver.recorded"
  | "cards.post-announced"
  | "cards.posted"
  | "cards.edited"
  | "claim.before-write"
  | "claim.written"
  | "events.copied";

/**
 * Ends the process here, as a power cut would, where CRASH_AT names this point or the file CRASH_AT_FILE does, which
 * can be written while the process runs. Every call stands behind `globalThis.CRASH_POINTS`.
 */
export function crashPoint(name: CrashPoint): void {
  const { CRASH_AT, CRASH_AT_FILE } = process.env;
  const wanted = CRASH_AT ?? (CRASH_AT_FILE && readFileSync(CRASH_AT_FILE, "utf8"));
  if (wanted === name) process.kill(process.pid, "SIGKILL");
}
