import "server-only";
import { processSingleton } from "@/lib/process-singleton";
import type { Lane } from "@/lib/mail/parse";

/** A larger mail is read in the slow lane. */
export const ORDINARY_MAX_BYTES = 1024 * 1024;
/** Mails of each lane that this process holds in memory at once; a slow one may have 40 MB. */
const PLACES: Record<Lane, number> = { ordinary: 8, slow: 1 };
/** How long the mails of a sender go to the slow lane after one of them ran into a limit. */
const SLOW_SENDER_MS = 10 * 60_000;
const SLOW_SENDERS_MAX = 1_000;

/** Senders that the slow lane remembers in one round of turns. */
const TURNS_MAX = 100;

type State = {
  free: Record<Lane, number>;
  waiting: Record<Lane, (() => void)[]>;
  slow: Map<string, number>;
  turns: Set<string>;
};

const state = processSingleton("ingest-lanes", (): State => ({
  free: { ...PLACES },
  waiting: { ordinary: [], slow: [] },
  slow: new Map(),
  turns: new Set(),
}));

/**
 * Runs `work` once the lane has a free place, first come, first served. Null, without running it, if `patience` ends
 * first. The place is free again when `work` has ended.
 */
export async function inLane<Value>(
  lane: Lane,
  work: () => Promise<Value>,
  patience?: AbortSignal,
): Promise<Value | null> {
  if (!(await takePlace(lane, patience))) return null;
  try {
    return await work();
  } finally {
    const next = state.waiting[lane].shift();
    if (next) next();
    else state.free[lane] += 1;
  }
}

async function takePlace(lane: Lane, patience?: AbortSignal): Promise<boolean> {
  if (patience?.aborted) return false;
  if (state.free[lane] > 0) {
    state.free[lane] -= 1;
    return true;
  }
  return new Promise((resolve) => {
    const enter = () => {
      patience?.removeEventListener("abort", leave);
      resolve(true);
    };
    const leave = () => {
      state.waiting[lane] = state.waiting[lane].filter((waiting) => waiting !== enter);
      resolve(false);
    };
    state.waiting[lane].push(enter);
    patience?.addEventListener("abort", leave, { once: true });
  });
}

/** Remembers for 10 minutes, in this process, that a mail of this sender ran into a limit. */
export function noteSlowSender(sender: string, nowMs = performance.now()): void {
  state.slow.delete(sender);
  state.slow.set(sender, nowMs + SLOW_SENDER_MS);
  const [oldest] = state.slow.keys();
  if (state.slow.size > SLOW_SENDERS_MAX && oldest !== undefined) state.slow.delete(oldest);
}

export function isSlowSender(sender: string, nowMs = performance.now()): boolean {
  return (state.slow.get(sender) ?? 0) > nowMs;
}

/** Senders that had their turn in the slow lane of this process, in this round. */
export function hadTheirTurn(): string[] {
  return [...state.turns];
}

export function noteTurn(sender: string): void {
  if (state.turns.size >= TURNS_MAX) state.turns.clear();
  state.turns.add(sender);
}

export function beginRound(): void {
  state.turns.clear();
}
