import "server-only";
import { readFileSync } from "node:fs";

declare global {
  /** True in the build that the crash tests kill. Every other build replaces it by `false` and drops the guarded code. */
  var CRASH_POINTS: boolean | undefined;
}

/** Points where a crash is most likely to lose something or do it twice. A type only, so that no list ships. */
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
  | "deliver.before-told"
  | "deliver.told"
  | "tell.accepted"
  | "settle.before-commit"
  | "settle.committed"
  | "seen.written"
  | "cards.post-announced"
  | "cards.posted"
  | "cards.edited"
  | "cards.moved"
  | "cards.move-added"
  | "claim.before-write"
  | "claim.written"
  | "reassign.written"
  | "decline.before-commit"
  | "decline.committed"
  | "bulk.item-done"
  | "bulk.before-settle"
  | "bulk.settled"
  | "events.copied";

/**
 * Kills the process, like a power cut, if `name` is the value of CRASH_AT or the content of the file CRASH_AT_FILE, which
 * may change while the process runs. Guard every call by `globalThis.CRASH_POINTS`.
 */
export function crashPoint(name: CrashPoint): void {
  const { CRASH_AT, CRASH_AT_FILE } = process.env;
  const wanted = CRASH_AT ?? (CRASH_AT_FILE && readFileSync(CRASH_AT_FILE, "utf8"));
  if (wanted === name) process.kill(process.pid, "SIGKILL");
}
