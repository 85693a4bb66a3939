import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { findStanding } from "@/lib/auth/standing";
import { isStandingKnown } from "@/lib/auth/standing-memory";
import { endLiveStreams, openLiveStream } from "@/lib/live/stream";
import { LIVE_READS } from "@/lib/tickets/live-reads";
import { removeMember, restoreMember } from "@/lib/team/remove-member";
import { AuditEvent } from "@/models/AuditEventModel";
import { readEvents } from "@/tests/support/network/live-events";
import { createMember, storedMember } from "@/tests/support/factories/members";
import { member } from "@/tests/support/factories/threads";

const root = path.resolve(import.meta.dirname, "..", "..", "..");
const auditOf = (subject: string) => AuditEvent.find({ subject }).sort({ at: 1 }).lean();

afterEach(endLiveStreams);

/** A process that serves `person`; `ask` resolves with the standing it finds, and "read" or "known". */
function serving({ id, email, name }: { id: string; email: string; name: string }) {
  const child = spawn(
    path.join(root, "node_modules", ".bin", "tsx"),
    ["--conditions=react-server", "tests/support/desk/standing-process.ts", id, email, name],
    { cwd: root, env: { ...process.env, NODE_ENV: "test" }, stdio: ["pipe", "pipe", "inherit"] },
  );
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async () => {
      child.stdin.write("\n");
      return (await answers.next()).value as string;
    },
    end: () => new Promise((resolve) => child.once("exit", resolve) && child.stdin.end()),
  };
}

describe("removeMember", () => {
  test("keeps who removed the member, when and why, in the row and in the audit log", async () => {
    const maya = await createMember("Audited Maya", { role: "admin" });
    const priya = await createMember("Audited Priya");
    expect(await removeMember(priya.id, maya, "by_admin")).toEqual({ ok: true, value: true });
    const by = { id: maya.id, email: maya.email, name: maya.name };
    const { removedAt, ...row } = await storedMember(priya.id);
    expect(row).toMatchObject({ removedBy: by, removedFor: "by_admin" });
    expect(Math.abs(Date.now() - (removedAt?.getTime() ?? 0))).toBeLessThan(5_000);
    expect(await auditOf(priya.id)).toMatchObject([
      { action: "member_removed", by, details: { reason: "by_admin" } },
    ]);
  });

  test("is refused in its process at the next request, in every other within 2 s, and ends the member's live streams", async () => {
    const maya = await createMember("Prompt Maya", { role: "admin" });
    const priya = await createMember("Prompt Priya");
    const processes = [serving(priya), serving(priya)];
    const theirs = () => Promise.all(processes.map(({ ask }) => ask()));
    await expect.poll(theirs, { timeout: 10_000 }).toEqual(["on_team known", "on_team known"]);
    await expect.poll(() => findStanding(priya).then(isStandingKnown)).toBe(true);
    const streams = await Promise.all(
      [priya, maya].map(({ id }) =>
        openLiveStream({
          memberId: id,
          reads: LIVE_READS,
          signal: new AbortController().signal,
          onEnd: async () => {},
        }),
      ),
    );
    const [hers, his] = streams.map(readEvents);
    await Promise.all([hers?.next(), his?.next()]); // hello

    await removeMember(priya.id, maya, "by_admin");
    expect(await findStanding(priya)).toBe("removed");
    const isRefused = async () => (await theirs()).every((answer) => answer.startsWith("removed"));
    await expect.poll(isRefused, { timeout: 2_000 }).toBe(true);
    await expect.poll(theirs).toEqual(["removed known", "removed known"]);

    await restoreMember(priya.id, maya);
    expect(await findStanding(priya)).toBe("on_team");
    await expect.poll(theirs).toEqual(["on_team known", "on_team known"]);
    await hers?.rest();
    await Promise.all(processes.map(({ end }) => end()));

    endLiveStreams();
    await his?.rest();
  });

  test("is a success and changes nothing if the member was removed before", async () => {
    const maya = await createMember("Twice Maya", { role: "admin" });
    const priya = await createMember("Twice Priya");
    const all = await Promise.all([1, 2, 3].map(() => removeMember(priya.id, maya, "by_admin")));
    expect(all.filter((outcome) => outcome.ok && outcome.value)).toHaveLength(1);
    const before = await storedMember(priya.id);
    expect(await removeMember(priya.id, null, "account_deleted")).toEqual({ ok: true, value: false });
    expect(await storedMember(priya.id)).toEqual(before);
    expect(await auditOf(priya.id)).toHaveLength(1);
  });

  test("refuses the caller's own removal, and a member that does not exist", async () => {
    const maya = await createMember("Lonely Maya", { role: "admin" });
    expect(await removeMember(maya.id, maya, "by_admin")).toEqual({
      ok: false,
      failure: { reason: "own_removal" },
    });
    expect(await removeMember("user_nobody", maya, "by_admin")).toEqual({
      ok: false,
      failure: { reason: "no_such_member" },
    });
    expect(await removeMember("user_nobody", null, "account_deleted")).toMatchObject({ ok: false });
    expect(await auditOf("user_nobody")).toEqual([]);
  });

  test.each(Array.from({ length: 8 }, (_, round) => round))(
    "leaves an admin on the team if two admins remove each other at once (%i)",
    async (round) => {
      const slug = "abcdefgh"[round];
      const [one, other] = [
        await createMember(`Duel One ${slug}`, { role: "admin" }),
        await createMember(`Duel Other ${slug}`, { role: "admin" }),
      ];
      const outcomes = await Promise.all([
        removeMember(one.id, other, "by_admin"),
        removeMember(other.id, one, "by_admin"),
      ]);
      expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
      expect(outcomes).toContainEqual({ ok: false, failure: { reason: "removed_meanwhile" } });
      const rows = await Promise.all([storedMember(one.id), storedMember(other.id)]);
      expect(rows.filter(({ removedAt }) => removedAt === null)).toHaveLength(1);
    },
  );

  test("refuses somebody who is no admin any more", async () => {
    const former = await createMember("Former Admin", { role: "viewer" });
    const priya = await createMember("Kept Priya");
    expect(await removeMember(priya.id, { ...former, role: "admin" }, "by_admin")).toMatchObject({
      ok: false,
    });
    expect(await storedMember(priya.id)).toMatchObject({ removedAt: null });
  });
});

describe("restoreMember", () => {
  test("lets the member in again at once, and keeps who did it", async () => {
    const maya = await createMember("Kind Maya", { role: "admin" });
    const priya = await createMember("Forgiven Priya");
    await removeMember(priya.id, maya, "by_admin");
    expect(await restoreMember(priya.id, maya)).toEqual({ ok: true, value: true });
    expect(await findStanding(priya)).toBe("on_team");
    const row = await storedMember(priya.id);
    expect(row).toMatchObject({ removedAt: null });
    expect(Object.keys(row)).not.toEqual(expect.arrayContaining(["removedFor", "removedBy", "releaseDueAt"]));
    expect(await auditOf(priya.id)).toMatchObject([
      { action: "member_removed" },
      { action: "member_restored", by: { id: maya.id } },
    ]);
    expect(await restoreMember(priya.id, maya)).toEqual({ ok: true, value: false });
  });

  test("undoes Clerk's removal if Clerk says so, and an admin's removal only for an admin", async () => {
    const maya = await createMember("Strict Maya", { role: "admin" });
    const [byClerk, byAdmin, byBoth] = [
      await createMember("Gone From Clerk"),
      await createMember("Sent Away"),
      await createMember("Both"),
    ];
    await removeMember(byClerk.id, null, "left_organization");
    await removeMember(byAdmin.id, maya, "by_admin");
    await removeMember(byBoth.id, null, "account_blocked");
    expect(await removeMember(byBoth.id, maya, "by_admin")).toEqual({ ok: true, value: true });

    expect(await restoreMember(byClerk.id, null)).toEqual({ ok: true, value: true });
    expect(await restoreMember(byAdmin.id, null)).toEqual({ ok: true, value: false });
    expect(await restoreMember(byBoth.id, null)).toEqual({ ok: true, value: false });
    expect(await findStanding(byClerk)).toBe("on_team");
    expect(await findStanding(byAdmin)).toBe("removed");
    expect(await findStanding(byBoth)).toBe("removed");
  });

  test("does not undo a removal whose reason is not known", async () => {
    const gone = await createMember("Removed By Hand", { removedAt: new Date() });
    expect(await restoreMember(gone.id, null)).toEqual({ ok: true, value: false });
    expect(await findStanding(gone)).toBe("removed");
  });

  test("answers that there is no such member", async () => {
    const maya = await createMember("Searching Maya", { role: "admin" });
    expect(await restoreMember(member("Nobody Known").id, maya)).toEqual({
      ok: false,
      failure: { reason: "no_such_member" },
    });
  });
});
