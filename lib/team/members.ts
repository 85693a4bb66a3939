import "server-only";
import type { RemovedMember, TeamResponse } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { authMode } from "@/lib/auth";
import { hasRole } from "@/lib/auth/access";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { visitsStored } from "@/lib/auth/member-profile";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { readHandoverRules } from "@/lib/tickets/handover-rules";
import { Member, type StoredMember } from "@/models/MemberModel";
import { noWorkload, readWorkloads } from "./workload";

/** Most members listed. A larger team needs a search, which this product does not have. */
const TEAM_MAX = 500;
/** How long after a visit a member counts as here, in milliseconds. An open page asks for something more often. */
const HERE_MS = 2 * 60_000;
/** Stored as the last visit of the demo's people until they sign in. */
const NEVER = new Date(0);

/**
 * Everybody who has signed in and was not removed, sorted by name; in the demo its people, signed in or not. The two stay
 * apart by the rows' mark, also in one database.
 */
export async function listTeam(): Promise<TeamMember[]> {
  return (await readMembers()).map(({ _id, email, name, role }) => ({ id: _id, email, name, role }));
}

/**
 * The team as `reader` sees it: who is here, how much each holds, and for admins also who was removed. Here is who was seen
 * within the last two minutes before `now`.
 */
export async function readTeam(reader: TeamMember, now = new Date()): Promise<TeamResponse> {
  const isAdmin = hasRole(reader.role, "admin");
  const members = await readMembers();
  const [workloads, removed, rules] = await Promise.all([
    readWorkloads(members.map(({ _id }) => _id)),
    isAdmin ? readRemoved() : [],
    readHandoverRules(),
  ]);
  return {
    members: members.map(({ _id: id, email, name, role, lastSeenAt }) => {
      const { held, oldestWaitingSince } = workloads.get(id) ?? noWorkload();
      return {
        ...{ id, email, name, role, isYou: id === reader.id, held },
        isHere: now.getTime() - lastSeenAt.getTime() < HERE_MS,
        lastSeenAt: lastSeenAt > NEVER ? lastSeenAt.toISOString() : null,
        oldestWaitingSince: oldestWaitingSince?.toISOString() ?? null,
        canHold: hasRole(role, "member"),
      };
    }),
    removed,
    mayAssignUnassigned: isAdmin || (hasRole(reader.role, "member") && rules.membersAssignUnassigned),
  };
}

async function readMembers(): Promise<StoredMember[]> {
  await visitsStored(); // whoever asks may be new
  if (authMode() === "demo") await ensureMembers(DEMO_MEMBERS);
  return Member.find({ ...ofThisTeam(), removedAt: null })
    .sort({ name: 1, _id: 1 })
    .limit(TEAM_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
}

async function readRemoved(): Promise<RemovedMember[]> {
  const rows = await Member.find({ ...ofThisTeam(), removedAt: trusted({ $ne: null }) })
    .sort({ removedAt: -1, _id: 1 })
    .limit(TEAM_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMember[]>();
  return rows.map(({ _id: id, email, name, removedAt, removedBy, removedFor }) => ({
    ...{ id, email, name },
    removedAt: (removedAt ?? NEVER).toISOString(), // the filter leaves no null
    removedBy: removedBy?.name ?? null,
    reason: removedFor ?? null,
  }));
}

function ofThisTeam() {
  return { isDemo: authMode() === "demo" || trusted({ $ne: true }) };
}

/** Inserts a row for each of `members` that has none, and marks those that were stored before there was a mark. */
async function ensureMembers(members: readonly TeamMember[]): Promise<void> {
  await Member.bulkWrite(
    members.map(({ id, email, name, role }) => ({
      updateOne: {
        filter: { _id: id },
        update: {
          $set: { isDemo: true },
          $setOnInsert: { email, name, role, lastSeenAt: NEVER, removedAt: null },
        },
        upsert: true,
      },
    })),
  );
}
