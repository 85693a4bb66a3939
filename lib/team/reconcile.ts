import "server-only";
import { findSuspects, readPresence, type Presence } from "@/lib/auth/clerk-people";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import type { Clock } from "@/lib/store/clock";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { isDuplicateKey } from "@/lib/store/errors";
import { Member } from "@/models/MemberModel";
import { Schedule, type StoredSchedule } from "@/models/ScheduleModel";
import { settlePresence } from "./clerk-events";
import { REMOVED_BY_CLERK } from "./remove-member";

const JOB = "clerk-reconcile";
const EVERY_MS = 24 * 60 * 60_000;
/** When it is tried again if Clerk is away, or if the process that took it up died, in milliseconds. */
const RETRY_MS = 15 * 60_000;
/** How often one process looks whether it is due, in milliseconds. */
const LOOK_MS = 60_000;
/** People asked about one by one in a run; the others are due a minute later. */
const ASKED_MAX = 50;

const own = processSingleton("reconcile", () => ({ lookAgainAt: -Infinity }));

/** The one job. A process that died loses it when its lease ends. */
export const RECONCILE: Queue<StoredSchedule> = {
  name: "reconcile",
  model: Schedule,
  where: { _id: JOB },
  leaseMs: RETRY_MS,
  retry: { attemptsMax: 10, firstMs: 60_000, longestMs: 60 * 60_000 },
  failure: "The team could not be compared with Clerk",
  isOn: () => env().AUTH_MODE === "clerk",
};

/**
 * Once a day over all processes: compares the team with Clerk, for what no webhook has told. Whoever is gone, shut out or
 * out of the organization is removed; whoever Clerk caused to be removed and is back is let in; and the tickets of
 * removed members are looked for again. Nobody is removed unless every answer of Clerk is complete, nor if nobody of
 * the team is left: that is a wrong key or organization.
 */
export async function reconcileStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  const now = clock === "$$NOW" ? Date.now() : clock.getTime();
  if (RECONCILE.isOn?.() === false || now < own.lookAgainAt) return { worked: false };
  own.lookAgainAt = now + LOOK_MS;
  await schedule(clock);
  return runQueue(RECONCILE, (leased) => reconcileTeam(leased, clock), { clock });
}

/** Creates the job's row, due at once, if there is none. */
async function schedule(clock: Clock): Promise<void> {
  if (await Schedule.exists({ _id: JOB })) return;
  const due = [{ $set: { dueAt: { $ifNull: ["$dueAt", clock] } } }];
  await Schedule.updateOne({ _id: JOB }, due, { upsert: true, updatePipeline: true }).catch(
    (error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    },
  );
}

async function reconcileTeam(leased: Leased<StoredSchedule>, clock: Clock): Promise<void> {
  await Member.updateMany(
    { removedAt: trusted({ $ne: null }), releaseDueAt: trusted({ $exists: false }) },
    [{ $set: { releaseDueAt: clock } }],
    { updatePipeline: true },
  );
  const isComplete = await reconcile().catch((error: unknown) => {
    if (!(error instanceof IdentityUnavailableError)) throw error;
    log.warn({ err: error }, "Clerk away; the team is compared with it later");
    return null;
  });
  const compared = isComplete ? EVERY_MS : LOOK_MS;
  const pauseMs = isComplete === null ? RETRY_MS : compared;
  await settle(RECONCILE, leased, { dueAt: { $add: [clock, pauseMs] } });
}

/** True if everybody was compared. Changes nothing unless Clerk has answered every question. */
async function reconcile(): Promise<boolean> {
  const [team, removed] = await Promise.all([
    memberIds({ removedAt: null }),
    memberIds({ removedAt: trusted({ $ne: null }), ...REMOVED_BY_CLERK }),
  ]);
  const suspects = await findSuspects([...team, ...removed]);
  const doubtful = team.filter((id) => suspects.has(id));
  const returned = removed.filter((id) => !suspects.has(id));
  if (team.length > 0 && doubtful.length === team.length) {
    log.error(
      { members: team.length },
      "Clerk knows nobody of the team, so nobody is removed: check CLERK_SECRET_KEY and CLERK_ORGANIZATION_ID",
    );
    return true;
  }
  const presences: [string, Presence][] = [];
  const asked = [...doubtful, ...returned];
  for (const id of asked.slice(0, ASKED_MAX)) presences.push([id, await readPresence(id)]);
  for (const [id, presence] of presences) await settlePresence(id, presence);
  return asked.length <= ASKED_MAX;
}

async function memberIds(filter: object): Promise<string[]> {
  const rows = await Member.find({ ...filter, isDemo: trusted({ $ne: true }) }, { _id: 1 })
    .sort({ _id: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean();
  return rows.map(({ _id }) => _id);
}
