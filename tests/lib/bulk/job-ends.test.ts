import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import type { TeamMember } from "@/lib/api/vocabulary";
import { bulkStep } from "@/lib/bulk/job-step";
import { cancelJob, requestJob } from "@/lib/bulk/jobs";
import { BulkJob } from "@/models/BulkJobModel";
import { EmailMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { customerWrites, ticketByMail } from "@/tests/support/factories/answered-tickets";
import { expectOneLineAChange, heldTicket, linesOf } from "@/tests/support/factories/held-tickets";
import { ingestAll, rawMail, receive } from "@/tests/support/factories/inbound-mails";
import { createMember } from "@/tests/support/factories/members";
import { storedThread } from "@/tests/support/factories/threads";
import {
  afterLease,
  dieAfterItems,
  dieBeforeRecord,
  leaseByDead,
  runJobs,
  startJob,
  storedJob,
} from "@/tests/support/desk/bulk-jobs";

let priya: TeamMember, jonas: TeamMember, tomas: TeamMember;

beforeAll(async () => {
  jonas = await createMember("Jonas Weber");
  tomas = await createMember("Tomás Rivera");
});
beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), BulkJob.deleteMany({}), EmailMessage.deleteMany({})]);
  await Member.deleteOne({ _id: "user_priya_nair" });
  priya = await createMember("Priya Nair");
});

const many = (count: number, holder: TeamMember | null) =>
  Promise.all(Array.from({ length: count }, () => heldTicket(holder)));
const heldBy = (id: string | null) => EmailThread.countDocuments({ assignedTo: id });
const change = (set: object) => Member.updateOne({ _id: priya.id }, { $set: set });
const REMOVED = { removedAt: new Date() };
const VIEWER = { role: "viewer" };

/** Each ticket is Priya's, with one line for one change, and the job counts them all. */
async function expectAllClaimed(id: string, tickets: { id: string }[]): Promise<void> {
  expect(await storedJob(id)).toMatchObject({
    ...{
      state: "done",
      next: tickets.length,
      succeeded: tickets.length,
      refused: 0,
      leaseId: null,
      dueAt: null,
    },
  });
  for (const ticket of tickets) {
    expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: priya.id, revision: 2 });
    await expectOneLineAChange(ticket.id);
  }
}

describe("a worker that dies", () => {
  test("after it leased the job leaves all to the next one, once its lease has run out", async () => {
    const tickets = await many(25, null);
    const id = await startJob({ action: "claim" }, priya);
    await leaseByDead(id);
    await runJobs();
    expect(await heldBy(priya.id)).toBe(0);
    await runJobs(afterLease());
    await expectAllClaimed(id, tickets);
  });

  test.each([1, 7, 20])("after %i tickets of a batch leaves each ticket changed once", async (count) => {
    const tickets = await many(25, null);
    const id = await startJob({ action: "claim" }, priya);
    await dieAfterItems(id, { action: "claim" }, count, priya);
    expect(await heldBy(priya.id)).toBe(count);
    await runJobs(afterLease());
    await expectAllClaimed(id, tickets);
  });

  test("before it recorded the first or the last batch leaves each ticket changed once", async () => {
    const tickets = await many(25, null);
    const id = await startJob({ action: "claim" }, priya);
    await dieBeforeRecord(id);
    await bulkStep(afterLease());
    await BulkJob.updateOne({ _id: id }, { dueAt: new Date(0) });
    await dieBeforeRecord(id);
    await runJobs(afterLease());
    await expectAllClaimed(id, tickets);
  });

  test("half-way through a hand-over or a resolution leaves each ticket changed once", async () => {
    const tickets = await many(25, priya);
    const given = await startJob({ action: "reassign", assignedTo: jonas.id }, priya, { view: "mine" });
    await dieAfterItems(given, { action: "reassign", assignedTo: jonas.id }, 9, priya);
    await runJobs(afterLease());
    const resolved = await startJob({ action: "status", setTo: "resolved" }, jonas, { view: "mine" });
    await dieAfterItems(resolved, { action: "status", status: "resolved" }, 9, jonas);
    await runJobs(afterLease());
    for (const id of [given, resolved])
      expect(await storedJob(id)).toMatchObject({ state: "done", succeeded: 25, refused: 0 });
    for (const ticket of tickets) {
      expect(await storedThread(ticket.id)).toMatchObject({ assignedTo: jonas.id, status: "resolved" });
      expect((await linesOf(ticket.id)).map(({ kind }) => kind)).toEqual(["reassigned", "status_changed"]);
    }
  });
});

describe("a job whose author", () => {
  test.each([
    ["was removed", REMOVED],
    ["may only look", VIEWER],
  ])("%s before its first step stops, changes nothing and says so of each ticket", async (_, set) => {
    const tickets = await many(3, null);
    const id = await startJob({ action: "claim" }, priya);
    await change(set);
    await runJobs();
    const error = "Not done: Priya Nair may not do this any more.";
    expect(await storedJob(id)).toMatchObject({
      ...{ state: "stopped", succeeded: 0, refused: 3, error },
      problems: tickets.map(() => ({ reason: "author_removed", error })),
    });
    expect(await heldBy(null)).toBe(3);
  });

  test.each([
    ["is removed", REMOVED],
    ["becomes a viewer", VIEWER],
  ])("%s in the middle keeps what was done and stops", async (_, set) => {
    await many(45, null);
    const id = await startJob({ action: "claim" }, priya);
    await bulkStep();
    await change(set);
    await runJobs();
    expect(await storedJob(id)).toMatchObject({ state: "stopped", succeeded: 20, refused: 25, next: 45 });
    expect([await heldBy(priya.id), await heldBy(null)]).toEqual([20, 25]);
  });

  test("is no admin any more has from then on a member's rights", async () => {
    await many(25, tomas);
    await change({ role: "admin" });
    const id = await startJob({ action: "unclaim" }, { ...priya, role: "admin" }, { view: "all" });
    await bulkStep();
    await change({ role: "member" });
    await runJobs();
    expect(await storedJob(id)).toMatchObject({
      ...{ state: "done", succeeded: 20, refused: 5 },
      problems: Array.from({ length: 5 }, () => ({ reason: "not_assignee" })),
    });
  });
});

describe("a job that is cancelled", () => {
  test("before its first step changes nothing", async () => {
    await many(3, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    await cancelJob(id, priya);
    await runJobs();
    expect(await storedJob(id)).toMatchObject({ state: "cancelled", succeeded: 0, problems: [] });
    expect(await heldBy(null)).toBe(3);
  });

  test("in the middle keeps what was done, which can be undone", async () => {
    await many(45, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    await bulkStep();
    await cancelJob(id, priya);
    await runJobs();
    expect(await cancelJob(id, priya)).toMatchObject({
      ok: true,
      value: { state: "cancelled", succeeded: 20, total: 45, canUndo: true },
    });
    expect(await requestJob({ action: "undo", jobId: id }, priya)).toMatchObject({ value: { total: 20 } });
    await runJobs();
    expect(await heldBy(null)).toBe(45);
  });

  test("at its end stays done", async () => {
    await many(1, null);
    const id = ContentId.parse(await startJob({ action: "claim" }, priya));
    await runJobs();
    expect(await cancelJob(id, priya)).toMatchObject({ ok: true, value: { state: "done" } });
  });
});

describe("a job that resolves tickets", () => {
  test("leaves one in which somebody wrote after it was seen, before the request or after it", async () => {
    const [quiet, before, after] = [await ticketByMail(), await ticketByMail(), await ticketByMail()];
    const seenAt = new Date();
    await customerWrites(before);
    const id = await startJob({ action: "status", setTo: "resolved" }, priya, { view: "all" }, seenAt);
    await customerWrites(after);
    await runJobs();
    expect((await storedThread(quiet.id)).status).toBe("resolved");
    for (const ticket of [before, after])
      expect(await storedThread(ticket.id)).toMatchObject({ status: "open", assignedTo: null });
    expect(await storedJob(id)).toMatchObject({ succeeded: 1, refused: 2 });
    for (const { reason } of (await storedJob(id)).problems) expect(reason).toBe("newer_messages");
  });

  test("leaves one whose mail had arrived before it was seen and joined it only then", async () => {
    const ticket = await ticketByMail();
    const header = { From: ticket.opening.from, "In-Reply-To": ticket.opening.rfcMessageId };
    await receive(rawMail({ header }), {}, new Date(Date.now() - 60_000));
    const seenAt = new Date();
    await ingestAll();
    const id = await startJob({ action: "status", setTo: "resolved" }, priya, { view: "all" }, seenAt);
    await runJobs();
    expect(await storedThread(ticket.id)).toMatchObject({
      status: "open",
      attention: { kind: "customer_mail" },
    });
    expect(await storedJob(id)).toMatchObject({ refused: 1, problems: [{ reason: "newer_messages" }] });
  });
});
