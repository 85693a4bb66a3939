import "server-only";
import { findSuspects, readPresence, type Presence } from "@/lib/auth/clerk-people";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { processSingleton } from "@/lib/process-singleton";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { Member } from "@/models/MemberModel";
import { Schedule } from "@/models/ScheduleModel";
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

/**
 * Once a day over all processes: compares the team with Clerk, for what no webhook has told. Whoever is gone, shut out or
 * out of the organization is removed; whoever Clerk caused to be removed and is back is let in; and the tickets of
 * removed members are looked for again. Nobody is removed unless every answer of Clerk is complete, nor if nobody of
 * the team is left: that is a wrong key or organization.
 */
export async function reconcileStep(now: Date): Promise<{ worked: boolean }> {
  if (env().AUTH_MODE !== "clerk" || now.getTime() < own.lookAgainAt) return { worked: false };
  own.lookAgainAt = now.getTime() + LOOK_MS;
  if (!(await takeTurn(now))) return { worked: false };

  await Member.updateMany(
    { removedAt: trusted({ $ne: null }), releaseDueAt: trusted({ $exists: false }) },
    { $set: { releaseDueAt: now } },
  );
  const isComplete = await reconcile().catch((error: unknown) => {
    if (!(error instanceof IdentityUnavailableError)) throw error;
    log.warn({ err: error }, "Clerk away; the team is compared with it later");
    return null;
  });
  if (isComplete === null) return { worked: true };
  const next = new Date(now.getTime() + (isComplete ? EVERY_MS : LOOK_MS));
  await Schedule.updateOne({ _id: JOB }, { $set: { dueAt: next } });
  return { worked: true };
}

/** True for one caller of all processes if the job is due, which is then not due for a while. */
async function takeTurn(now: Date): Promise<boolean> {
  const retryAt = new Date(now.getTime() + RETRY_MS);
  const taken = await Schedule.updateOne(
    { _id: JOB, dueAt: trusted({ $lte: now }) },
    { $set: { dueAt: retryAt } },
  );
  if (taken.matchedCount === 1) return true;
  if (await Schedule.exists({ _id: JOB })) return false;
  try {
    await Schedule.create({ _id: JOB, dueAt: retryAt });
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
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
