import { expect, test } from "vitest";
import { ContentId } from "@/lib/api/contracts";
import { bulkStep } from "@/lib/bulk/job-step";
import { cancelJob, readJob, requestJob } from "@/lib/bulk/jobs";
import { claimTicket } from "@/lib/tickets/claim";
import { itemOp } from "@/lib/tickets/bulk";
import { createMember } from "@/tests/support/factories/members";
import { createThread } from "@/tests/support/factories/threads";
import { BulkJob } from "@/models/BulkJobModel";

const CLAIM = { action: "claim" as const, view: "unassigned" as const };
const seenAt = () => new Date().toISOString();

test("a cancelled job counts the tickets that its killed worker had changed and not recorded", async () => {
  const priya = await createMember("Priya Nair");
  const tickets = [];
  for (let made = 0; made < 30; made += 1) tickets.push(await createThread());
  const requested = await requestJob({ ...CLAIM, seenAt: seenAt() }, priya);
  const id = ContentId.parse(requested.ok && requested.value._id);
  // The worker claimed seven and was killed before it could record them.
  for (const ticket of tickets.slice(0, 7)) {
    await claimTicket(ticket.id, priya, itemOp(id, ticket.id), { canUndo: true });
  }
  await cancelJob(id, priya);
  while ((await bulkStep()).worked);
  expect(await readJob(id, priya.id)).toMatchObject({
    value: { state: "cancelled", total: 30, succeeded: 7, refused: 0 },
  });
});

test("a key that made another job is refused, and makes none", async () => {
  const tomas = await createMember("Tomás Rivera");
  await createThread();
  const made = await requestJob({ ...CLAIM, seenAt: seenAt() }, tomas, { op: "key-1" });
  expect(made).toMatchObject({ ok: true });
  const other = { action: "status" as const, setTo: "resolved" as const, view: "mine" as const };
  const refused = { ok: false, failure: { reason: "other_operation" } };
  expect(await requestJob({ ...other, seenAt: seenAt() }, tomas, { op: "key-1" })).toEqual(refused);
  expect(await BulkJob.countDocuments({ "by.id": tomas.id })).toBe(1);
});
