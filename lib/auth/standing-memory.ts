import "server-only";
import mongoose from "mongoose";
import { listenToChanges } from "@/lib/live/changes";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { Member, type StoredMember } from "@/models/MemberModel";

/** The fields of a member's row that decide whether a session counts. */
export type StandingRow = Pick<StoredMember, "removedAt" | "signedOutAt">;
const FIELDS = { removedAt: 1, signedOutAt: 1 } as const;
const UNTOUCHED: StandingRow = { removedAt: null };

/** How old the memory may be, in milliseconds: within this time a removal counts in every process. */
export const MEMORY_MAX_MS = 2_000;
/** How long a process waits after it lost the memory or could not open it, in milliseconds. */
const REOPEN_MS = 1_000;

/** A row that has changed since it was read. A fresh object for each change. */
type Changed = { isChanged: true };
type Memory = {
  /** Members who were removed or signed out, and those whose row has changed since. Everybody else is untouched. */
  rows: Map<string, StandingRow | Changed>;
  isLoaded: boolean;
  tickedAt: number;
  /** Every change before this time is in `rows`; by the wall clock, which counts while a machine sleeps. */
  trueAt: number;
};
const state = processSingleton("standing-memory", () => ({
  memory: null as Memory | null,
  isOpening: false,
  reopenAt: 0,
}));

/** Whether the rows of members are known in this process right now. */
export function isStandingKnown(): boolean {
  const { memory } = state;
  if (!memory?.isLoaded) return false;
  const age = Date.now() - memory.trueAt;
  return age >= 0 && age <= MEMORY_MAX_MS;
}

/**
 * The member's row as it was at most 2 s ago, without a query as long as this process's change stream works; read from the
 * database if the stream is not open yet, lost, or silent, and if this row has changed. Null if there is no row. A change
 * that was announced with `forgetStanding` counts at once. Rejects if the row must be read and the database is away.
 */
export async function readStanding(memberId: string): Promise<StandingRow | null> {
  if (!state.memory) void open();
  const { memory } = state;
  const known = memory?.rows.get(memberId);
  if (isStandingKnown()) {
    if (!known) return UNTOUCHED;
    if (!("isChanged" in known)) return known;
  }
  const row = await Member.findById(memberId, FIELDS)
    .readConcern("majority") // what is remembered must not be rolled back
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StandingRow>();
  // If it changed again while it was read, the row stays marked.
  const isCurrent = memory?.rows.get(memberId) === known;
  if (row && known && "isChanged" in known && isCurrent) memory?.rows.set(memberId, row);
  return row;
}

/** Has the member's row read anew by the next request in this process. Call it after each removal, return or sign-out. */
export function forgetStanding(memberId: string): void {
  state.memory?.rows.set(memberId, { isChanged: true });
}

async function open(): Promise<void> {
  if (state.isOpening || performance.now() < state.reopenAt) return;
  state.isOpening = true;
  const memory: Memory = { rows: new Map(), isLoaded: false, tickedAt: NaN, trueAt: NaN };
  let stop = () => {};
  try {
    stop = await listenToChanges({
      onChange: (change) => {
        if (change.kind === "member") memory.rows.set(change.memberId, { isChanged: true });
      },
      onTick: () => {
        memory.trueAt = memory.tickedAt;
        memory.tickedAt = Date.now();
      },
      onLost: () => drop(memory),
    });
    state.memory = memory;
    await load(memory);
  } catch (error) {
    log.debug({ err: error }, "standing of members not in memory");
    stop();
    drop(memory);
  } finally {
    state.isOpening = false;
  }
}

function drop(memory: Memory): void {
  if (state.memory === memory) state.memory = null;
  state.reopenAt = performance.now() + REOPEN_MS;
}

/** Reads whoever was removed or signed out before the stream began. */
async function load(memory: Memory): Promise<void> {
  // The session makes the read wait until everything written before the ping is committed by a majority.
  await mongoose.connection.withSession(async (session) => {
    await mongoose.connection.db?.command({ ping: 1 }, { session });
    const rows = await Member.find(
      { $or: [{ removedAt: trusted({ $ne: null }) }, { signedOutAt: trusted({ $ne: null }) }] },
      FIELDS,
      { session },
    )
      .readConcern("majority")
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<(StandingRow & Pick<StoredMember, "_id">)[]>();
    for (const { _id, ...row } of rows) if (!memory.rows.has(_id)) memory.rows.set(_id, row);
  });
  memory.isLoaded = true;
}
