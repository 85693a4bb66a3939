import "server-only";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Member } from "@/models/MemberModel";

/** How often one process writes an unchanged member's row, in milliseconds. */
const SAVE_EVERY_MS = 60_000;
/** How long after a failed write the next one begins, in milliseconds. */
const RETRY_MS = 5_000;

type Visit = { member: TeamMember; profile: string; at: Date };
const visits = processSingleton("member-profiles", () => ({
  /** Each member's last visit that is stored. */
  saved: new Map<string, Visit>(),
  /** Each member's last visit that is not. */
  due: new Map<string, Visit>(),
  writing: new Map<string, Promise<void>>(),
}));

/**
 * Stores the member's profile and the time of this visit behind the request: at first sight, when the profile changed, and
 * otherwise once a minute per process; at once if `isRowMissing`. Retried for as long as the process lives.
 */
export function noteVisit(member: TeamMember, at: Date, isRowMissing = false): void {
  const { id, email, name, role } = member;
  const profile = JSON.stringify([email, name, role]);
  if (isRowMissing) visits.saved.delete(id);
  const last = visits.due.get(id) ?? visits.saved.get(id);
  if (last?.profile === profile && at.getTime() - last.at.getTime() < SAVE_EVERY_MS) return;
  visits.due.set(id, { member, profile, at });
  if (!visits.writing.has(id)) startWrite(id);
}

/** Resolves once the visits noted before are stored, or could not be stored in a first attempt of 10 s. */
export async function visitsStored(): Promise<void> {
  await Promise.all(visits.writing.values());
}

function startWrite(memberId: string): void {
  const writing = writeDue(memberId).catch((error: unknown) => {
    log.warn({ err: error, memberId }, "profile not stored yet");
    setTimeout(() => startWrite(memberId), RETRY_MS).unref();
  });
  visits.writing.set(memberId, writing);
  void writing.then(() => {
    if (visits.writing.get(memberId) === writing) visits.writing.delete(memberId);
  });
}

async function writeDue(memberId: string): Promise<void> {
  for (let visit = visits.due.get(memberId); visit; visit = visits.due.get(memberId)) {
    const { member, at } = visit;
    await settleOutcome(() => write(member, at));
    visits.saved.set(memberId, visit);
    if (visits.due.get(memberId) === visit) visits.due.delete(memberId);
  }
}

async function write({ id, email, name, role }: TeamMember, at: Date): Promise<void> {
  const isDemo = env().AUTH_MODE === "demo";
  // `_id` is the person, so simultaneous first sights leave one row; a stored removal stays.
  await Member.updateOne(
    { _id: id },
    {
      $set: { email, name, role, lastSeenAt: at, ...(isDemo ? { isDemo } : {}) },
      ...(isDemo ? {} : { $unset: { isDemo: 1 } }),
      $setOnInsert: { removedAt: null },
    },
    { upsert: true, maxTimeMS: QUERY_TIME_MAX_MS },
  );
}
