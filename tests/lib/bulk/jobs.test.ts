import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { cancelJob, listJobs, readJob, requestJob } from "@/lib/bulk/jobs";
import { BulkJob } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { bulkStep } from "@/lib/bulk/job-step";
import { expectOneLineAChange, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";
import { breakThread } from "@/tests/support/factories/unwritable";
import { createThreads, runJobs, startJob, storedJob } from "@/tests/support/desk/bulk-jobs";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember, maya: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
  maya = await createMember("Maya Lindqvist", { role: "admin" });
});
beforeEach(() => Promise.all([EmailThread.deleteMany({}), BulkJob.deleteMany({})]));

const many = (count: number, holder: TeamMember | null) =>
  Promise.all(Array.from({ length: count }, () => heldTicket(holder)));
const heldBy = (id: string | null) => EmailThread.countDocuments({ assignedTo: id });
const LIST = { view: "unassigned" as const, seenAt: new Date().toISOString() };

describe("a job", () => {
  test("claims each ticket of the list, with one line of history, and says so", async () => {
    const tickets = await many(45, null);
    const id = await startJob({ action: "claim" }, priya);
    expect(await readJob(ContentId.parse(id), priya.id)).toMatchObject({
      ok: true,
      value: { state: "running", total: 45, succeeded: 0, refused: 0, canUndo: false, endedAt: null },
    });
    await runJobs();
    expect(await readJob(ContentId.parse(id), priya.id)).toMatchObject({
      ok: true,
      value: {
        act: { action: "claim" },
        by: { id: priya.id, name: priya.name },
        ...{ state: "done", total: 45, succeeded: 45, refused: 0, hasMore: false, canUndo: true },
        ...{ problems: [], error: null, endedAt: expect.any(String) },
      },
    });
    for (const ticket of tickets) {
      expect((await storedThread(ticket.id)).assignedTo).toBe(priya.id);
      await expectOneLineAChange(ticket.id);
    }
  });

  test("gives a few tickets in each step, so that its progress shows", async () => {
    await many(45, null);
    const id = await startJob({ action: "claim" }, priya);
    const progress: number[] = [];
    while ((await bulkStep()).worked) progress.push((await storedJob(id)).next);
    expect(progress).toEqual([20, 40, 45]);
  });

  test("over a thousand tickets and more does the first thousand and says that there are more", async () => {
    await createThreads(1_003);
    const id = await startJob({ action: "claim" }, priya);
    await runJobs();
    expect(await storedJob(id)).toMatchObject({ state: "done", succeeded: 1_000, refused: 0, hasMore: true });
    expect([await heldBy(priya.id), await heldBy(null)]).toEqual([1_000, 3]);
    expect(await EmailThread.countDocuments({ assignedTo: priya.id, revision: 2 })).toBe(1_000);
  }, 120_000);

  test("leaves the tickets that came into the list after it was requested", async () => {
    await many(2, null);
    await startJob({ action: "claim" }, priya);
    const late = await heldTicket(null);
    await runJobs();
    expect((await storedThread(late.id)).assignedTo).toBeNull();
  });

  test("gives tickets with its note, and tells of each that it may not give", async () => {
    const own = await many(3, priya);
    const others = await heldTicket(tomas);
    const id = await startJob({ action: "reassign", assignedTo: jonas.id, note: "Yours" }, priya, {
      view: "all",
    });
    await runJobs();
    for (const ticket of own)
      expect(await storedThread(ticket.id)).toMatchObject({
        assignedTo: jonas.id,
        handover: { note: "Yours", by: { id: priya.id } },
      });
    expect(await storedJob(id)).toMatchObject({
      ...{ state: "done", succeeded: 3, refused: 1 },
      problems: [
        { threadId: others.id, reason: "not_assignee", error: expect.stringContaining("own tickets") },
      ],
    });
  });

  test("leaves a ticket whose assignee changed after the request, and names the new one", async () => {
    const [first, second] = [await heldTicket(priya), await heldTicket(priya)];
    const id = await startJob({ action: "unclaim" }, maya, { view: "all" });
    await EmailThread.updateOne({ _id: second._id }, { assignedTo: tomas.id, assignedToName: tomas.name });
    await runJobs();
    expect((await storedThread(first.id)).assignedTo).toBeNull();
    expect((await storedThread(second.id)).assignedTo).toBe(tomas.id);
    expect((await storedJob(id)).problems).toMatchObject([
      { threadId: second.id, reason: "changed_meanwhile", error: expect.stringContaining(tomas.name) },
    ]);
  });

  test("is not stopped by a ticket that takes no change", async () => {
    const tickets = await many(25, null);
    await breakThread(await storedThread(tickets[7]?.id ?? ""));
    const id = await startJob({ action: "claim" }, priya);
    await runJobs();
    expect(await storedJob(id)).toMatchObject({
      ...{ state: "done", succeeded: 24, refused: 1 },
      problems: [
        {
          ...{ threadId: tickets[7]?.id, reason: "internal_error" },
          error: "The desk could not change this ticket. Try it alone.",
        },
      ],
    });
  });
});

describe("two jobs over the same tickets", () => {
  test("change each ticket once, whichever comes first", async () => {
    const tickets = await many(60, null);
    const [one, two] = [
      await startJob({ action: "claim" }, priya),
      await startJob({ action: "claim" }, tomas),
    ];
    await Promise.all([runJobs(), runJobs(), runJobs()]);
    const [own, theirs] = [await storedJob(one), await storedJob(two)];
    expect(own.succeeded + theirs.succeeded).toBe(60);
    expect([await heldBy(priya.id), await heldBy(tomas.id)]).toEqual([own.succeeded, theirs.succeeded]);
    for (const { error } of own.problems) expect(error).toContain(tomas.name);
    for (const { id } of tickets) expect((await linesOf(id)).map(({ kind }) => kind)).toEqual(["claimed"]);
  });
});

describe("a request for a job", () => {
  test("is the same job if it is repeated with its operation", async () => {
    await many(2, null);
    const ask = () => requestJob({ action: "claim", ...LIST }, priya, { op: "op-1" });
    const answers = await Promise.all([ask(), ask(), ask()]);
    await runJobs();
    const later = await ask(); // nothing is unassigned any more
    const ids = [...answers, later].map((answer) => answer.ok && answer.value._id);
    expect(new Set(ids).size).toBe(1);
    expect(later).toMatchObject({ value: { state: "done", succeeded: 2 } });
  });

  test("is refused if nothing matches", async () => {
    expect(await requestJob({ action: "claim", ...LIST }, priya)).toEqual({
      ok: false,
      failure: { reason: "nothing_matches" },
    });
  });

  test("is refused while three of the member's jobs run, and not to others", async () => {
    await many(2, null);
    for (let job = 0; job < 3; job += 1) await startJob({ action: "claim" }, priya);
    expect(await requestJob({ action: "claim", ...LIST }, priya)).toMatchObject({
      failure: { reason: "too_many_jobs" },
    });
    expect(await requestJob({ action: "claim", ...LIST }, tomas)).toMatchObject({ ok: true });
  });

  test("to give tickets to somebody who may hold none is refused", async () => {
    await many(1, priya);
    const request = { action: "reassign" as const, assignedTo: "user_nobody", ...LIST, view: "all" as const };
    expect(await requestJob(request, priya)).toMatchObject({ failure: { reason: "unknown_member" } });
  });
});

describe("the jobs of a member", () => {
  test("are read and listed by them alone, and a stopped one by admins too", async () => {
    await many(2, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    for (const other of [tomas, maya]) {
      expect(await readJob(id, other.id)).toMatchObject({ failure: { reason: "no_such_job" } });
      expect(await cancelJob(id, other)).toMatchObject({ failure: { reason: "no_such_job" } });
      expect(await listJobs(other)).toEqual([]);
    }
    expect(await listJobs(priya)).toMatchObject([{ _id: id, state: "running" }]);
    await Member.updateOne({ _id: priya.id }, { removedAt: new Date() });
    await runJobs();
    await Member.updateOne({ _id: priya.id }, { removedAt: null });
    expect(await listJobs(maya)).toMatchObject([{ _id: id, state: "stopped" }]);
    expect(await listJobs(tomas)).toEqual([]);
  });
});
