import "server-only";
import { ThreadId } from "@/lib/api/contracts";
import { sentenceOf } from "@/lib/api/refusals";
import type { BulkAct, JobState, TeamMember } from "@/lib/api/vocabulary";
import { hasRole } from "@/lib/auth/access";
import { crashPoint } from "@/lib/process/crash-point";
import type { Clock } from "@/lib/store/clock";
import { QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { isHeld } from "@/lib/store/queue/lease";
import type { Leased, Queue } from "@/lib/store/queue/queue";
import { runQueue } from "@/lib/store/queue/run";
import { settle } from "@/lib/store/queue/settle";
import { changedItems } from "./matching";
import { actOnTicket, itemOp, itemSentence, type ItemAct, type ItemFailure } from "@/lib/tickets/bulk";
import {
  BulkJob,
  type StoredBulkJob,
  type StoredJobItem,
  type StoredJobProblem,
} from "@/models/BulkJobModel";
import { Member, type StoredMember } from "@/models/MemberModel";

/** Tickets that one step changes, so that progress shows and a cancelled job ends soon. */
const BATCH = 20;
/** Time for its record that a batch leaves of its lease, in milliseconds. */
const RECORD_MS = 5_000;

type Job = Leased<StoredBulkJob>;

/** Jobs that go on. */
export const JOBS: Queue<StoredBulkJob> = {
  name: "bulk",
  model: BulkJob,
  where: { state: "running" },
  leaseMs: 15_000, // a job goes on so soon after its worker was killed
  retry: { attemptsMax: 10, firstMs: 1_000, longestMs: 60_000 },
  failure: "A job over many tickets stopped before its end",
  bury: async (leased, error, clock) => {
    await end(leased, "stopped", { error }, clock);
  },
};

/**
 * Carries out one batch of a running job. Each ticket is changed by its own conditional write, whose operation is named by
 * the job and the ticket: a batch that is done again after a crash, or by two workers, changes no ticket twice. The job
 * ends if it was cancelled, or if its author has left the team or may not act any more.
 */
export async function bulkStep(clock: Clock = "$$NOW"): Promise<{ worked: boolean }> {
  return runQueue(JOBS, (leased) => workOn(leased, clock), { clock });
}

async function workOn(leased: Job, clock: Clock): Promise<void> {
  const { row: job } = leased;
  if (job.cancelledAt) return cancel(leased, clock);
  const author = await findAuthor(job);
  if (!author) return stop(leased, clock);

  const batch = job.items.slice(job.next, job.next + BATCH);
  const problems: StoredJobProblem[] = [];
  let done = 0;
  for (const item of batch) {
    if (!isHeld(leased)) return; // another worker goes on
    if (done > 0 && performance.now() > leased.heldUntil - RECORD_MS) break;
    const problem = await actOn(job, item, author);
    if (problem) problems.push(problem);
    done += 1;
    if (globalThis.CRASH_POINTS) crashPoint("bulk.item-done");
  }
  if (globalThis.CRASH_POINTS) crashPoint("bulk.before-settle");
  await record(leased, { done, problems }, clock);
  if (globalThis.CRASH_POINTS) crashPoint("bulk.settled");
}

/** The author as the team knows them now; null if they may not change tickets any more. */
async function findAuthor({ by }: StoredBulkJob): Promise<TeamMember | null> {
  const row = await Member.findById(by.id, { email: 1, name: 1, role: 1, removedAt: 1 })
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMember, "email" | "name" | "role" | "removedAt">>();
  if (!row || row.removedAt || !hasRole(row.role, "member")) return null;
  return { id: by.id, email: row.email, name: row.name, role: row.role };
}

/** Why the ticket was left as it is; null if it is as wanted. */
async function actOn(
  job: StoredBulkJob,
  { threadId, lastSeenMessageId, expectedAssignedTo }: StoredJobItem,
  author: TeamMember,
): Promise<StoredJobProblem | null> {
  const item = { threadId: ThreadId.parse(threadId), lastSeenMessageId, expectedAssignedTo };
  const outcome = await actOnTicket(actOf(job), item, author, itemOp(job._id, threadId));
  return outcome.ok ? null : problemOf(threadId, outcome.failure);
}

function actOf({ act, undoes }: StoredBulkJob): ItemAct {
  switch (act.action) {
    case "claim":
    case "unclaim":
      return { action: act.action };
    case "status":
      return { action: "status", status: act.status };
    case "reassign":
      return { action: "reassign", assignedTo: act.assignee.id, note: act.note ?? undefined };
    case "undo":
      return { action: "undo", opOf: (threadId) => itemOp(undoes ?? "", threadId) };
  }
}

function problemOf(threadId: string, failure: ItemFailure): StoredJobProblem {
  return { threadId, reason: failure.reason, error: itemSentence(failure) };
}

async function record(
  leased: Job,
  { done, problems }: { done: number; problems: StoredJobProblem[] },
  clock: Clock,
): Promise<void> {
  const { row: job } = leased;
  const next = job.next + done;
  const counted = {
    next,
    succeeded: job.succeeded + done - problems.length,
    refused: job.refused + problems.length,
    problems: [...job.problems, ...problems],
    error: null,
  };
  if (next >= job.items.length) return end(leased, "done", counted, clock);
  await settle(JOBS, leased, { set: counted, dueAt: clock });
}

async function cancel(leased: Job, clock: Clock): Promise<void> {
  const { row: job } = leased;
  const lost = await changedUnrecorded(job);
  return end(leased, "cancelled", { succeeded: job.succeeded + lost.length }, clock);
}

/** Ends the job of somebody who may not act any more; each ticket that is left says so. */
async function stop(leased: Job, clock: Clock): Promise<void> {
  const { row: job } = leased;
  const failure = { reason: "author_removed" as const, name: job.by.name };
  const lost = await changedUnrecorded(job);
  const left = job.items.slice(job.next).filter((item) => !lost.includes(item));
  const counted = {
    next: job.items.length,
    succeeded: job.succeeded + lost.length,
    refused: job.refused + left.length,
    problems: [...job.problems, ...left.map(({ threadId }) => problemOf(threadId, failure))],
    error: sentenceOf(failure),
  };
  return end(leased, "stopped", counted, clock);
}

/** The tickets that a batch changed before its worker was killed, so that they are not counted yet. */
function changedUnrecorded(job: StoredBulkJob): Promise<StoredJobItem[]> {
  return changedItems(job, job.items.slice(job.next, job.next + BATCH));
}

async function end(
  leased: Job,
  state: JobState,
  values: Partial<StoredBulkJob>,
  clock: Clock,
): Promise<void> {
  const { act } = leased.row;
  // A member's words may tell of a customer; each ticket has them, and an erasure finds them there.
  const kept: BulkAct = act.action === "reassign" ? { ...act, note: null } : act;
  await settle(JOBS, leased, {
    set: { ...values, state, act: kept },
    compute: { endedAt: clock },
    dueAt: null,
  });
}
