import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { requestJob } from "@/lib/bulk/jobs";
import { claimTicket } from "@/lib/tickets/claim";
import { BulkJob } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { createMember } from "@/tests/support/factories/members";
import {
  afterLease,
  dieAfterItems,
  dieBeforeRecord,
  runJobs,
  startJob,
  storedJob,
} from "@/tests/support/desk/bulk-jobs";

let priya: TeamMember, tomas: TeamMember;

beforeAll(async () => {
  priya = await createMember("Priya Nair");
  tomas = await createMember("Tomás Rivera");
});
beforeEach(() => Promise.all([EmailThread.deleteMany({}), BulkJob.deleteMany({})]));

const many = (count: number, holder: TeamMember | null) =>
  Promise.all(Array.from({ length: count }, () => heldTicket(holder)));
const heldBy = (id: string | null) => EmailThread.countDocuments({ assignedTo: id });

describe("the undo of a job", () => {
  test("gives back each ticket that it changed, but those on which somebody has acted since", async () => {
    const tickets = await many(23, priya);
    const id = ContentId.parse(await startJob({ action: "unclaim" }, priya, { view: "mine" }));
    await runJobs();
    const [taken] = tickets;
    await claimTicket(taken?.id ?? ("" as never), tomas);
    const undo = await requestJob({ action: "undo", jobId: id }, priya);
    await runJobs();
    expect(undo).toMatchObject({ ok: true, value: { act: { action: "undo" }, total: 23 } });
    expect(await storedJob(undo.ok ? undo.value._id : "")).toMatchObject({
      ...{ state: "done", succeeded: 22, refused: 1 },
      problems: [{ threadId: taken?.id, reason: "nothing_to_undo" }],
    });
    expect([await heldBy(priya.id), await heldBy(tomas.id)]).toEqual([22, 1]);
  });

  test("that dies half-way and goes on undoes each ticket once", async () => {
    const tickets = await many(25, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    await runJobs();
    const undo = await requestJob({ action: "undo", jobId: id }, priya);
    const own = undo.ok ? undo.value._id : "";
    await dieBeforeRecord(own);
    await runJobs(afterLease());
    expect(await storedJob(own)).toMatchObject({ state: "done", succeeded: 25, refused: 0 });
    for (const ticket of tickets)
      expect((await linesOf(ticket.id)).map(({ kind }) => kind)).toEqual(["claimed", "undone"]);
  });

  test("is not for others, not while it runs, and not for an unknown job", async () => {
    await many(2, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    const none = { ok: false, failure: { reason: "no_such_job" } };
    const running = { ok: false, failure: { reason: "job_running" } };
    expect(await requestJob({ action: "undo", jobId: id }, priya)).toEqual(running);
    await runJobs();
    expect(await requestJob({ action: "undo", jobId: id }, tomas)).toEqual(none);
    const unknown = ContentId.parse("a".repeat(64));
    expect(await requestJob({ action: "undo", jobId: unknown }, priya)).toEqual(none);
  });

  test("of a job that was given up in the middle of a batch gives back what that batch had changed", async () => {
    await many(25, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    await dieAfterItems(id, { action: "claim" }, 5, priya);
    await BulkJob.updateOne({ _id: id }, { state: "stopped", leaseId: null, dueAt: null });
    expect(await requestJob({ action: "undo", jobId: id }, priya)).toMatchObject({ value: { total: 5 } });
    await runJobs();
    expect(await heldBy(null)).toBe(25);
  });
});
