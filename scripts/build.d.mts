/** Environment of another build than the one that ships: its content and its folder. */
export type BuildVariant = { CRASH_POINTS: string; CLAIMDESK_DIST: string };

export const CRASH_BUILD: BuildVariant;

export function buildIfStale(
  report?: (what: string) => void,
  stdio?: "inherit" | "pipe",
  variant?: BuildVariant,
): boolean;

/** Bundles scripts/worker.ts. */
export function buildWorker(outfile: string, options?: { hasCrashPoints?: boolean; nodeEnv?: string }): void;
