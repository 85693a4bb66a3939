import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import { releaseStep } from "@/lib/team/release-tickets";
import { removeMember, restoreMember } from "@/lib/team/remove-member";
import { claimTicket } from "@/lib/tickets/claim";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { createMember, storedMember } from "@/tests/support/factories/members";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";
import { trusted } from "@/lib/store/db";
import type { TeamMember } from "@/lib/api/vocabulary";

beforeEach(async () => {
  await Member.deleteMany({});
  await EmailThread.deleteMany({});
});

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000);
const heldBy = (id: string) => EmailThread.countDocuments({ assignedTo: id });

async function claimed(person: TeamMember, overrides = {}) {
  const thread = await createThread({ status: "in_progress", ...overrides });
  await claimTicket(thread.id, person);
  return thread;
}

/** Runs the step until nothing is due at `now`. */
async function settle(now = new Date()): Promise<void> {
  while ((await releaseStep(now)).worked);
}

describe("after a removal", () => {
  test("each open ticket of the member is unassigned, with the admin and the reason in its history", async () => {
    const maya = await createMember("Maya Lindqvist", { role: "admin" });
    const priya = await createMember("Priya Nair");
    const [open, waiting, others] = [
      await claimed(priya, { status: "open" }),
      await claimed(priya, { status: "waiting" }),
      await claimed(maya),
    ];
    await removeMember(priya.id, maya, "by_admin");
    await settle();
    for (const [thread, status] of [
      [open, "open"],
      [waiting, "waiting"],
    ] as const) {
      const stored = await storedThread(thread.id);
      expect(stored).toMatchObject({ assignedTo: null, assignedToName: null, claimedAt: null, status });
      expect(stored.history?.at(-1)).toMatchObject({
        kind: "unclaimed",
        reason: "removed",
        by: { id: maya.id },
        assignee: { id: priya.id, name: priya.name },
      });
      expect(stored.cardsDueAt).toBeInstanceOf(Date);
      expect(stored.eventsDueAt).toBeInstanceOf(Date);
    }
    expect(await storedThread(others.id)).toMatchObject({ assignedTo: maya.id, revision: 2 });
  });

  test("a resolved ticket keeps its assignee, and a ticket older than statuses is released", async () => {
    const priya = await createMember("Priya Nair");
    const resolved = await claimed(priya, { status: "resolved" });
    const old = await claimed(priya);
    await EmailThread.collection.updateOne({ _id: old._id }, { $unset: { status: 1, claimedAt: 1 } });
    await removeMember(priya.id, null, "account_deleted");
    await settle();
    expect(await storedThread(resolved.id)).toMatchObject({ assignedTo: priya.id });
    const released = await storedThread(old.id);
    expect(released).toMatchObject({ assignedTo: null });
    expect(released.history?.at(-1)).toMatchObject({ by: null, reason: "removed" });
  });

  test("a ticket claimed while the removal was under way is released two minutes later", async () => {
    const priya = await createMember("Priya Nair");
    await removeMember(priya.id, null, "account_deleted");
    await settle();
    const late = await claimed(priya);
    await settle(inMinutes(1.9));
    expect(await heldBy(priya.id)).toBe(1);
    await settle(inMinutes(2.1));
    expect(await storedThread(late.id)).toMatchObject({ assignedTo: null });
    expect(await storedMember(priya.id)).not.toHaveProperty("releaseDueAt");
  });

  test("every ticket is released once, by any number of processes at a time", async () => {
    const priya = await createMember("Priya Nair");
    const threads = await Promise.all(Array.from({ length: 120 }, () => claimed(priya)));
    await removeMember(priya.id, null, "account_deleted");
    await Promise.all([1, 2, 3].map(() => settle()));
    await settle(inMinutes(1.1));
    expect(await heldBy(priya.id)).toBe(0);
    const stored = await EmailThread.find({ _id: trusted({ $in: threads.map(({ _id }) => _id) }) }).lean();
    expect(stored.map(({ revision }) => revision)).toEqual(threads.map(() => 3));
  });

  test("a process that is killed halfway loses no ticket, and none is released twice", async () => {
    const priya = await createMember("Priya Nair");
    const threads = await Promise.all(Array.from({ length: 160 }, () => claimed(priya)));
    await removeMember(priya.id, null, "account_deleted");
    const child = spawn(
      process.execPath,
      ["--conditions=react-server", "--import", "tsx", "tests/support/desk/release-process.ts", priya.id],
      { env: { ...process.env, NODE_ENV: "test" }, stdio: "inherit" },
    );
    expect(await once(child, "exit")).toEqual([null, "SIGKILL"]);
    const left = await heldBy(priya.id);
    expect(left).toBeGreaterThanOrEqual(60);
    expect(left).toBeLessThan(110);

    await settle(inMinutes(1.1));
    expect(await heldBy(priya.id)).toBe(0);
    const stored = await EmailThread.find({ _id: trusted({ $in: threads.map(({ _id }) => _id) }) }).lean();
    expect(stored.map(({ revision }) => revision)).toEqual(threads.map(() => 3));
  });

  test("a batch is bounded, and what a process leaves undone is done by the next one", async () => {
    const priya = await createMember("Priya Nair");
    await Promise.all(Array.from({ length: 60 }, () => claimed(priya)));
    await removeMember(priya.id, null, "account_deleted");
    // A process that dies after it has taken the member up: its lease runs out.
    await Member.updateOne({ _id: priya.id }, { releaseDueAt: inMinutes(1) });
    expect(await releaseStep(new Date())).toMatchObject({ worked: false });
    expect(await releaseStep(inMinutes(1.1))).toMatchObject({ worked: true });
    expect(await heldBy(priya.id)).toBe(10);
    // And one that dies between two batches.
    expect(await releaseStep(inMinutes(1.1))).toMatchObject({ worked: true });
    expect(await heldBy(priya.id)).toBe(0);
  });

  test("a ticket that cannot be written holds up neither the member's others nor other members", async () => {
    const [priya, tomas] = [await createMember("Priya Nair"), await createMember("Tomas Rivera")];
    const [broken, fine, others] = [await claimed(priya), await claimed(priya), await claimed(tomas)];
    await EmailThread.collection.updateOne({ _id: broken._id }, { $set: { history: "no list" } });
    await removeMember(priya.id, null, "account_deleted");
    await removeMember(tomas.id, null, "account_deleted");
    await releaseStep(new Date());
    expect(await storedThread(fine.id)).toMatchObject({ assignedTo: null });
    await settle();
    expect(await storedThread(others.id)).toMatchObject({ assignedTo: null });
  });

  test("a ticket whose history is full is released once there is room", async () => {
    const maya = await createMember("Maya Lindqvist", { role: "admin" });
    const priya = await createMember("Priya Nair");
    const thread = await claimed(priya);
    const [line] = (await storedThread(thread.id)).history ?? [];
    const history = Array.from({ length: 3_000 }, (_, index) => ({ ...line, op: `op-${index}` }));
    await EmailThread.collection.updateOne({ _id: thread._id }, { $set: { history } });
    await removeMember(priya.id, maya, "by_admin");
    await settle();
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: priya.id });
    await EmailThread.collection.updateOne({ _id: thread._id }, { $set: { history: [] } });
    await settle(inMinutes(1.1));
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null });
  });

  test("nothing is taken from a member who was let in again", async () => {
    const maya = await createMember("Maya Lindqvist", { role: "admin" });
    const priya = await createMember("Priya Nair");
    await removeMember(priya.id, maya, "by_admin");
    await settle();
    await restoreMember(priya.id, maya);
    const again = await claimed(priya);
    await settle(inMinutes(3));
    expect(await storedThread(again.id)).toMatchObject({ assignedTo: priya.id });

    // A step that took the member up just before.
    await Member.updateOne({ _id: priya.id }, { releaseDueAt: new Date() });
    await settle();
    expect(await storedThread(again.id)).toMatchObject({ assignedTo: priya.id });
    expect(await storedMember(priya.id)).not.toHaveProperty("releaseDueAt");
  });

  test("a ticket that somebody else holds by now is left alone", async () => {
    const [priya, tomas] = [await createMember("Priya Nair"), member("Tomas Rivera")];
    const thread = await claimed(priya);
    await removeMember(priya.id, null, "account_deleted");
    await EmailThread.updateOne({ _id: thread._id }, { assignedTo: tomas.id });
    await settle();
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: tomas.id, revision: 2 });
  });
});
