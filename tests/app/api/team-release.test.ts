import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { POST } from "@/app/api/team/release/route";
import { bulkStep } from "@/lib/bulk/job-step";
import { findStanding } from "@/lib/auth/standing";
import { visitsStored } from "@/lib/auth/member-profile";
import { removeMember, restoreMember } from "@/lib/team/remove-member";
import { AuditEvent } from "@/models/AuditEventModel";
import { BulkJob } from "@/models/BulkJobModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { createThread, storedThread } from "@/tests/support/factories/threads";
import { demoIdentity } from "@/tests/support/routes/identities";
import { post } from "@/tests/support/routes/requests";

const { maya, priya, tomas } = demoIdentity.team;
const release = (memberId: string, { by = "maya" as "maya" | "priya", key = "" } = {}) =>
  post(
    POST,
    "/api/team/release",
    { memberId },
    {
      ...demoIdentity.headersOf(by),
      ...(key && { "idempotency-key": key }),
    },
  );
const heldBy = ({ id, email, name }: typeof priya) => ({
  ...{ assignedTo: id, assignedToEmail: email, assignedToName: name },
  claimedAt: new Date(),
});
async function runJobs() {
  while ((await bulkStep()).worked);
}

beforeAll(async () => {
  demoIdentity.use();
  for (const member of [maya, priya, tomas]) await findStanding(member);
  await visitsStored();
});

beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), BulkJob.deleteMany({}), AuditEvent.deleteMany({})]);
});

describe("POST /api/team/release", () => {
  test("a job unclaims all active tickets of that member and nobody else's, and the audit log says who wanted it", async () => {
    const held = await Promise.all(
      (["open", "in_progress", "waiting"] as const).map((status) =>
        createThread({ ...heldBy(priya), status }),
      ),
    );
    const resolved = await createThread({ ...heldBy(priya), status: "resolved" });
    const others = await createThread(heldBy(tomas));
    const { status, body } = await release(priya.id);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      success: true,
      job: { state: "running", total: 3, act: { action: "unclaim" } },
    });
    await runJobs();
    for (const { id } of held) {
      const thread = await storedThread(id);
      expect(thread).toMatchObject({ assignedTo: null });
      expect(thread.history?.at(-1)).toMatchObject({ kind: "unclaimed", by: { id: maya.id } });
    }
    expect(await storedThread(resolved.id)).toMatchObject({ assignedTo: priya.id });
    expect(await storedThread(others.id)).toMatchObject({ assignedTo: tomas.id });
    expect(await AuditEvent.find().lean()).toMatchObject([
      { action: "tickets_released", subject: priya.id, by: { id: maya.id }, details: { tickets: 3 } },
    ]);
  });

  test("a ticket that somebody else claimed meanwhile stays theirs", async () => {
    const thread = await createThread(heldBy(priya));
    await release(priya.id);
    await EmailThread.updateOne({ _id: thread._id }, heldBy(tomas));
    await runJobs();
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: tomas.id });
  });

  test("the same request again starts no second job", async () => {
    await createThread(heldBy(priya));
    const [first, second] = [
      await release(priya.id, { key: "key-1" }),
      await release(priya.id, { key: "key-1" }),
    ];
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    expect(await BulkJob.countDocuments()).toBe(1);
    expect(await AuditEvent.countDocuments()).toBe(1);
  });

  test("works for a removed member, too", async () => {
    const thread = await createThread(heldBy(tomas));
    await removeMember(tomas.id, maya, "by_admin");
    expect((await release(tomas.id)).status).toBe(202);
    await runJobs();
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null });
    await restoreMember(tomas.id, maya);
  });

  test("answers 422 if the member holds nothing, and records nothing", async () => {
    expect(await release(priya.id)).toMatchObject({ status: 422, body: { reason: "nothing_matches" } });
    expect(await AuditEvent.countDocuments()).toBe(0);
  });

  test.each(["user_nobody", "me", "none"])("answers 404 to %j, who is no member", async (memberId) => {
    await createThread();
    await createThread(heldBy(maya));
    expect(await release(memberId)).toMatchObject({ status: 404, body: { reason: "no_such_member" } });
    expect(await BulkJob.countDocuments()).toBe(0);
  });

  test("refuses a member who is no admin", async () => {
    await createThread(heldBy(tomas));
    expect(await release(tomas.id, { by: "priya" })).toMatchObject({
      status: 403,
      body: { reason: "forbidden" },
    });
  });
});
