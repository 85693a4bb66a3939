import "server-only";
import { Types } from "mongoose";
import { JOB_MAX, type ContentId, type JobEntry, type JobRequest } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import { ticketReference, type AuditAction, type BulkAct, type TeamMember } from "@/lib/api/vocabulary";
import { visitsStored } from "@/lib/auth/member-profile";
import { sha256 } from "@/lib/hash";
import { nudge } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import { readClock } from "@/lib/store/clock";
import { inTransaction, QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { isDuplicateKey } from "@/lib/store/errors";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { recordAudit } from "@/lib/team/audit";
import { findHolder } from "@/lib/tickets/can-hold";
import { newOperation } from "@/lib/tickets/transition";
import { BulkJob, type StoredBulkJob } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { changedItems, matchingItems, type Matched } from "./matching";

/** Jobs of one member that may run at the same time. */
const RUNNING_MAX = 3;
/** Jobs that a list has, and for how long one that has ended stays in it, in milliseconds. */
const LISTED_MAX = 20;
const LISTED_MS = 24 * 3_600_000;

type JobFailure = FailureOf<
  "unknown_member" | "nothing_matches" | "too_many_jobs" | "no_such_job" | "job_running" | "other_operation"
>;

/** Refused tickets that a list tells of each job; the job itself tells all. */
const PROBLEMS_LISTED = 100;

type Options = {
  op?: string | undefined;
  /** The entry of the audit log; none if not given. `subject` is a member's id. */
  audit?: { action: AuditAction; subject: string };
};

/**
 * Stores a job over all tickets that the caller's list has now, the first 1,000 of them; a follower carries it out. What
 * each ticket's assignee and newest message are is read here, and each change holds it. Three jobs of one member may run
 * at the same time. Safe to repeat with the same `op`. Throws `OutcomeUnknownError` if the database stayed away for 10 s.
 */
export async function requestJob(
  request: JobRequest,
  member: TeamMember,
  { op = newOperation(), audit }: Options = {},
): Promise<Result<JobEntry, JobFailure>> {
  const _id = sha256(["job", op]);
  await visitsStored(); // each batch looks its author up
  return settleOutcome(async () => {
    const own = await findJob(_id);
    if (own) return isFor(own, request) ? ok(await toEntry(own)) : fail({ reason: "other_operation" });
    const act = await actOf(request);
    if (!act.ok) return act;
    const matched =
      request.action === "undo"
        ? await undoneItems(request.jobId, member)
        : await matchingItems(request, member);
    if (!matched) return fail({ reason: "no_such_job" });
    if (matched === "running") return fail({ reason: "job_running" });
    if (matched.items.length === 0) return fail({ reason: "nothing_matches" });
    if ((await BulkJob.countDocuments({ "by.id": member.id, state: "running" })) >= RUNNING_MAX)
      return fail({ reason: "too_many_jobs" });
    const job = await newJob({ _id, act: act.value, undoes: undoneBy(request) }, matched, member);
    await store(job, audit);
    nudge("bulk");
    return ok(await toEntry(job));
  });
}

async function actOf(request: JobRequest): Promise<Result<BulkAct, FailureOf<"unknown_member">>> {
  switch (request.action) {
    case "claim":
    case "unclaim":
    case "undo":
      return ok({ action: request.action });
    case "status":
      return ok({ action: "status", status: request.setTo });
    case "reassign": {
      const holder = await findHolder(request.assignedTo);
      if (!holder.ok) return holder;
      return ok({ action: "reassign", assignee: holder.value, note: request.note || null });
    }
  }
}

/** Whether a stored job is what the request asks for. */
function isFor({ act, undoes = null }: StoredBulkJob, request: JobRequest): boolean {
  if (act.action !== request.action || undoes !== undoneBy(request)) return false;
  if (act.action === "status") return request.action === "status" && act.status === request.setTo;
  if (act.action === "reassign")
    return request.action === "reassign" && act.assignee.id === request.assignedTo;
  return true;
}

function undoneBy(request: JobRequest): string | null {
  return request.action === "undo" ? request.jobId : null;
}

/** The tickets that an earlier job of the member's has changed; null if there is no such job. */
async function undoneItems(jobId: string, { id }: TeamMember): Promise<Matched | "running" | null> {
  const job = await findJob(jobId);
  if (!job || job.by.id !== id) return null;
  if (job.state === "running") return "running";
  return { items: await changedItems(job, job.items), hasMore: false };
}

async function newJob(
  { _id, act, undoes }: Pick<StoredBulkJob, "_id" | "act" | "undoes">,
  { items, hasMore }: Matched,
  { id, email, name }: TeamMember,
): Promise<StoredBulkJob> {
  const requestedAt = await readClock("$$NOW");
  return {
    ...{ _id, act, undoes, items, hasMore, by: { id, email, name }, state: "running" },
    ...{ next: 0, succeeded: 0, refused: 0, problems: [], cancelledAt: null },
    ...{ requestedAt, endedAt: null, error: null, dueAt: requestedAt, leaseId: null, attempts: 0 },
  };
}

async function store(job: StoredBulkJob, audit: Options["audit"]): Promise<void> {
  try {
    await inTransaction(async (session) => {
      await BulkJob.create([job], { session });
      if (!audit) return;
      const details = { jobId: job._id, tickets: job.items.length, action: job.act.action };
      await recordAudit({ ...audit, by: job.by, details, id: job._id }, session);
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error; // stored by an earlier attempt
  }
}

/**
 * Ends a job before its next batch; tickets that it has changed stay so. Does nothing to one that has ended. Only for its
 * author.
 */
export async function cancelJob(
  jobId: ContentId,
  { id }: TeamMember,
): Promise<Result<JobEntry, FailureOf<"no_such_job">>> {
  await settleOutcome(() =>
    BulkJob.updateOne(
      { _id: jobId, "by.id": id, state: "running", cancelledAt: null },
      // Under way, it is due once its batch is recorded.
      [
        {
          $set: { cancelledAt: "$$NOW", dueAt: { $cond: [{ $eq: ["$leaseId", null] }, "$$NOW", "$dueAt"] } },
        },
      ],
      { updatePipeline: true },
    ),
  );
  nudge("bulk");
  return readJob(jobId, id);
}

/** One job of the member's. */
export async function readJob(
  jobId: ContentId,
  memberId: string,
): Promise<Result<JobEntry, FailureOf<"no_such_job">>> {
  const job = await findJob(jobId);
  return job?.by.id === memberId ? ok(await toEntry(job, JOB_MAX)) : fail({ reason: "no_such_job" });
}

/** The member's jobs of the last day and those that run, newest first; for admins also those that were stopped. */
export async function listJobs({ id, role }: TeamMember): Promise<JobEntry[]> {
  const since = new Date((await readClock("$$NOW")).getTime() - LISTED_MS);
  const jobs = await BulkJob.find({
    requestedAt: trusted({ $gt: since }),
    $or: [{ "by.id": id }, ...(role === "admin" ? [{ state: "stopped" as const }] : [])],
  })
    .sort({ requestedAt: -1 })
    .limit(LISTED_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredBulkJob[]>();
  return Promise.all(jobs.map((job) => toEntry(job)));
}

function findJob(jobId: string): Promise<StoredBulkJob | null> {
  return BulkJob.findById(jobId)
    .read("primary")
    .readConcern("majority")
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredBulkJob>();
}

async function toEntry(job: StoredBulkJob, problemsMax = PROBLEMS_LISTED): Promise<JobEntry> {
  const { _id, act, by, state, items, hasMore, succeeded, refused, requestedAt, endedAt, error } = job;
  return {
    ...{ _id, act, state, hasMore, succeeded, refused, error },
    by: { id: by.id, email: by.email, name: by.name },
    total: items.length,
    problems: await withSubjects(job.problems.slice(0, problemsMax)),
    requestedAt: requestedAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
    canUndo: state !== "running" && act.action !== "undo" && succeeded > 0 && !(await isUndone(job)),
  };
}

async function isUndone({ _id, by }: StoredBulkJob): Promise<boolean> {
  return (await BulkJob.exists({ "by.id": by.id, undoes: _id })) !== null;
}

/** Subjects are read now, so that a customer who was erased since is not named. */
async function withSubjects(problems: StoredBulkJob["problems"]): Promise<JobEntry["problems"]> {
  if (problems.length === 0) return [];
  const ids = problems.map(({ threadId }) => new Types.ObjectId(threadId));
  const threads = await EmailThread.find({ _id: trusted({ $in: ids }) }, { subject: 1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean();
  const subjects = new Map(threads.map(({ _id, subject }) => [_id.toHexString(), subject ?? ""]));
  return problems.map(({ threadId, reason, error }) => ({
    ...{ threadId, reason, error },
    reference: ticketReference(threadId),
    subject: subjects.get(threadId) ?? "",
  }));
}
