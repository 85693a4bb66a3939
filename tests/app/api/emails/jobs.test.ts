import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GET as read } from "@/app/api/emails/bulk/jobs/[jobId]/route";
import { POST as cancel } from "@/app/api/emails/bulk/jobs/cancel/route";
import { GET as list, POST } from "@/app/api/emails/bulk/jobs/route";
import type { JobEntry } from "@/lib/api/contracts";
import { BulkJob } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { heldTicket } from "@/tests/support/factories/held-tickets";
import { IDENTITIES, type TestIdentity } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";
import { runJobs } from "@/tests/support/desk/bulk-jobs";

const PATH = "/api/emails/bulk/jobs";
const LIST = { view: "unassigned", seenAt: new Date().toISOString() };
type Name = keyof TestIdentity["team"];

describe.each(IDENTITIES)("the routes of jobs with $how sessions", ({ use, team, headersOf }) => {
  const { priya, tomas } = team;
  beforeAll(use);
  beforeEach(async () => {
    await Promise.all([EmailThread.deleteMany({}), BulkJob.deleteMany({})]);
    for (const { id: _id, ...member } of Object.values(team))
      await Member.updateOne(
        { _id },
        { ...member, lastSeenAt: new Date(), removedAt: null },
        { upsert: true },
      );
  });

  const ask = (body: Record<string, unknown>, who: Name = "priya", key?: string) =>
    post(POST, PATH, body, { ...headersOf(who), ...(key === undefined ? {} : { "idempotency-key": key }) });
  const readJob = (jobId: string, who: Name = "priya") =>
    call(read, `${PATH}/${jobId}`, { headers: headersOf(who), params: { jobId } });
  const stop = (jobId: string, who: Name = "priya") =>
    post(cancel, `${PATH}/cancel`, { jobId }, headersOf(who));
  const listed = async (who: Name) => (await call(list, PATH, { headers: headersOf(who) })).body;

  /** Priya's job over the unassigned tickets. */
  async function job(key?: string): Promise<JobEntry> {
    const { status, body } = await ask({ action: "claim", ...LIST }, "priya", key);
    expect(status).toBe(202);
    return body?.job as JobEntry; // the contract of the route
  }

  test("a request answers 202 with the job, which its author reads until it is done", async () => {
    await heldTicket(null);
    const taken = await heldTicket(null);
    const entry = await job();
    expect(entry).toStrictEqual({
      _id: expect.stringMatching(/^[0-9a-f]{64}$/),
      act: { action: "claim" },
      state: "running",
      by: { id: priya.id, email: priya.email, name: priya.name },
      ...{ total: 2, hasMore: false, succeeded: 0, refused: 0, problems: [], error: null, canUndo: false },
      ...{ requestedAt: expect.any(String), endedAt: null },
    });
    await EmailThread.updateOne({ _id: taken._id }, { assignedTo: tomas.id, assignedToName: tomas.name });
    await runJobs();
    const { status, body } = await readJob(entry._id);
    expect(status).toBe(200);
    expect(body).toStrictEqual({
      success: true,
      job: {
        ...entry,
        ...{ state: "done", succeeded: 1, refused: 1, canUndo: true, endedAt: expect.any(String) },
        problems: [
          {
            ...{ threadId: taken.id, reference: `#${taken.id.slice(-6)}`, subject: taken.subject },
            ...{ reason: "already_claimed", error: "Tomás Rivera has already claimed this ticket." },
          },
        ],
      },
    });
    expect(await listed("priya")).toStrictEqual({ jobs: [body?.job] });
    expect(await listed("tomas")).toStrictEqual({ jobs: [] });
  });

  test("a request that is repeated with its Idempotency-Key is the same job", async () => {
    await heldTicket(null);
    const first = await job("job-1");
    await runJobs();
    expect(await job("job-1")).toMatchObject({ _id: first._id, state: "done" });
    expect(await BulkJob.countDocuments({})).toBe(1);
  });

  test("a request answers 422 if nothing matches, and to a receiver who may hold no ticket", async () => {
    const nothing = await ask({ action: "claim", ...LIST });
    expect(nothing).toMatchObject({ status: 422 });
    expect(nothing.body).toStrictEqual({
      error: "Nothing matches any more, so there is nothing to do.",
      reason: "nothing_matches",
    });
    await heldTicket(null);
    expect(await ask({ action: "reassign", assignedTo: "user_nobody", ...LIST })).toMatchObject({
      status: 422,
      body: { reason: "unknown_member", why: "unknown", memberId: "user_nobody" },
    });
  });

  test("a request answers 409 while three of the member's jobs run", async () => {
    await heldTicket(null);
    for (let round = 0; round < 3; round += 1) await job();
    expect(await ask({ action: "claim", ...LIST })).toMatchObject({
      status: 409,
      body: { reason: "too_many_jobs", error: expect.stringContaining("Three of your jobs run already") },
    });
  });

  test("another member's job answers 404 to a read, a cancel and an undo, as an unknown one does", async () => {
    await heldTicket(null);
    const { _id } = await job();
    await runJobs();
    const none = { status: 404, body: { error: "There is no such job of yours.", reason: "no_such_job" } };
    for (const id of [_id, "f".repeat(64)]) {
      expect(await readJob(id, "maya")).toMatchObject(none);
      expect(await stop(id, "maya")).toMatchObject(none);
      expect(await ask({ action: "undo", jobId: id }, "tomas")).toMatchObject(none);
    }
  });

  test("a cancel answers with the job, which ends with its next step and can be asked twice", async () => {
    await heldTicket(null);
    const { _id } = await job();
    expect(await stop(_id)).toMatchObject({
      status: 200,
      body: { success: true, job: { _id, state: "running" } },
    });
    expect(await stop(_id)).toMatchObject({ status: 200 });
    await runJobs();
    expect(await stop(_id)).toMatchObject({
      status: 200,
      body: { job: { state: "cancelled", succeeded: 0 } },
    });
  });

  test("an undo is a job of its own", async () => {
    const ticket = await heldTicket(null);
    const { _id } = await job();
    await runJobs();
    expect(await ask({ action: "undo", jobId: _id })).toMatchObject({
      status: 202,
      body: { job: { act: { action: "undo" }, total: 1 } },
    });
    await runJobs();
    expect(await EmailThread.findById(ticket._id).lean()).toMatchObject({ assignedTo: null, revision: 3 });
  });

  test.each([
    ["no list", { action: "claim", seenAt: LIST.seenAt }, "view"],
    ["an unknown list", { action: "claim", ...LIST, view: "team" }, "view"],
    ["no time", { action: "claim", view: "all" }, "seenAt"],
    ["a time that is none", { action: "claim", ...LIST, seenAt: "now" }, "seenAt"],
    ["an operator as a time", { action: "claim", ...LIST, seenAt: { $gt: 0 } }, "seenAt"],
    ["the status of the list as the new one", { action: "status", ...LIST, status: "open" }, "setTo"],
    ["a list of ids", { action: "claim", ...LIST, items: [] }, ""],
    ["an undo with a list", { action: "undo", jobId: "f".repeat(64), ...LIST }, ""],
    ["an undo of no job", { action: "undo" }, "jobId"],
  ])("a request with %s answers 400 by path", async (_, body, path) => {
    expect(await ask(body)).toMatchObject({
      status: 400,
      body: { reason: "invalid_request", issues: [{ path }] },
    });
  });
});
