import { randomUUID } from "node:crypto";
import { JOB_MAX, ThreadId, type JobRequest } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { bulkStep, JOBS } from "@/lib/bulk/job-step";
import { requestJob } from "@/lib/bulk/jobs";
import { actOnTicket, itemOp, type ItemAct } from "@/lib/tickets/bulk";
import { BulkJob, type StoredBulkJob } from "@/models/BulkJobModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { createThread } from "@/tests/support/factories/threads";

type List = { view: "unassigned" | "mine" | "all"; assignee?: string; status?: "active" | "open" };
type Act =
  | { action: "claim" | "unclaim" }
  | { action: "reassign"; assignedTo: string; note?: string }
  | { action: "status"; setTo: "open" | "in_progress" | "waiting" | "resolved" };

/** Requests a job over the list as it is now, with all in it seen. Throws if it is refused. */
export async function startJob(
  act: Act,
  by: TeamMember,
  { view = "unassigned", ...list }: Partial<List> = {},
  seenAt = new Date(),
): Promise<string> {
  const request: JobRequest = { ...act, view, ...list, seenAt: seenAt.toISOString() };
  const job = await requestJob(request, by);
  if (!job.ok) throw new Error(`No job: ${job.failure.reason}`);
  return job.value._id;
}

/** Runs the step until no job is due; `now` may be later than it is. */
export async function runJobs(now?: Date): Promise<void> {
  while ((await bulkStep(now)).worked);
}

export async function storedJob(id: string): Promise<StoredBulkJob> {
  return BulkJob.findById(id).orFail().lean<StoredBulkJob>();
}

/** A time at which every lease of now has run out. */
export function afterLease(): Date {
  return new Date(Date.now() + JOBS.leaseMs + 1_000);
}

/** Puts a lease of a worker that has died onto the job. */
export async function leaseByDead(id: string): Promise<void> {
  const until = new Date(Date.now() + JOBS.leaseMs);
  await BulkJob.updateOne({ _id: id }, { $set: { leaseId: `dead worker ${randomUUID()}`, dueAt: until } });
}

/** A worker leases the job, does `act` on its next `count` tickets and dies before it records them. */
export async function dieAfterItems(
  id: string,
  act: ItemAct,
  count: number,
  author: TeamMember,
): Promise<void> {
  const { items, next } = await storedJob(id);
  await leaseByDead(id);
  for (const { threadId, lastSeenMessageId, expectedAssignedTo } of items.slice(next, next + count)) {
    const item = { threadId: ThreadId.parse(threadId), lastSeenMessageId, expectedAssignedTo };
    await actOnTicket(act, item, author, itemOp(id, threadId));
  }
}

/** A worker does a whole step and dies before it records anything of it. */
export async function dieBeforeRecord(id: string): Promise<void> {
  const { _id, ...before } = await storedJob(id);
  await bulkStep();
  await BulkJob.collection.replaceOne({ _id: _id as never }, { _id, ...before } as never); // a string id
  await leaseByDead(id);
}

/** Stores as many threads, a thousand with one command. */
export async function createThreads(count: number, overrides: Partial<StoredThread> = {}): Promise<void> {
  const { id: _id, ...first } = await createThread(overrides);
  if (count > 10 * JOB_MAX) throw new Error("That many are not needed.");
  const others = Array.from({ length: count - 1 }, (_, at) => {
    const { _id: _first, ...fields } = first;
    return { ...fields, subject: `Question ${at}` };
  });
  if (others.length > 0) await EmailThread.insertMany(others);
}
