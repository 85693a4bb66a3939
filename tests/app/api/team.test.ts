import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GET } from "@/app/api/team/route";
import { visitsStored } from "@/lib/auth/member-profile";
import type { TeamResponse } from "@/lib/api/contracts";
import { removeMember, restoreMember } from "@/lib/team/remove-member";
import { changeSettings } from "@/lib/team/settings";
import { EmailThread } from "@/models/EmailThreadModel";
import { Member } from "@/models/MemberModel";
import { Setting } from "@/models/SettingModel";
import { createThread } from "@/tests/support/factories/threads";
import { clerkIdentity, demoIdentity, type TestIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

type Name = keyof TestIdentity["team"];
const read = (headers: Record<string, string>) => call(GET, "/api/team", { headers });
const NOTHING_HELD = { held: { open: 0, in_progress: 0, waiting: 0 }, oldestWaitingSince: null };

async function teamFor(name: Name, { headersOf } = demoIdentity): Promise<TeamResponse> {
  const { status, body } = await read(headersOf(name));
  expect(status).toBe(200);
  return body as TeamResponse; // asserted field by field below
}

describe("GET /api/team", () => {
  const { maya, priya, tomas } = demoIdentity.team;

  beforeAll(demoIdentity.use);
  beforeEach(async () => {
    await Promise.all([EmailThread.deleteMany({}), Setting.deleteMany({})]);
  });

  test("lists the demo's people before any of them has signed in, as never seen, and marks the caller", async () => {
    const { members, removed } = await teamFor("priya");
    const never = { isYou: false, isHere: false, lastSeenAt: null, canHold: true, ...NOTHING_HELD };
    const here = { isYou: true, isHere: true, lastSeenAt: expect.any(String), canHold: true };
    expect(members).toStrictEqual([
      { ...maya, ...never },
      { ...priya, ...here, ...NOTHING_HELD },
      { ...tomas, ...never },
    ]);
    expect(removed).toEqual([]);
  });

  test("says who was seen within the last two minutes, and when the others were", async () => {
    await teamFor("maya");
    await visitsStored();
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const [lately, long] = [minutesAgo(1.5), minutesAgo(20)];
    await Member.updateOne({ _id: priya.id }, { lastSeenAt: lately });
    await Member.updateOne({ _id: tomas.id }, { lastSeenAt: long });
    expect((await teamFor("maya")).members).toMatchObject([
      { id: maya.id, isHere: true },
      { id: priya.id, isHere: true, lastSeenAt: lately.toISOString() },
      { id: tomas.id, isHere: false, lastSeenAt: long.toISOString() },
    ]);
  });

  test("tells how much each holds and since when the longest waiting customer waits", async () => {
    const since = new Date(Date.UTC(2026, 2, 1));
    await createThread({ assignedTo: priya.id, status: "in_progress", waitingSince: since });
    await createThread({ assignedTo: priya.id, status: "waiting", waitingSince: null });
    const { members } = await teamFor("tomas");
    expect(members.find(({ id }) => id === priya.id)).toMatchObject({
      held: { open: 0, in_progress: 1, waiting: 1 },
      oldestWaitingSince: since.toISOString(),
    });
    expect(members.find(({ id }) => id === tomas.id)).toMatchObject(NOTHING_HELD);
  });

  test("says that a viewer can hold nothing", async () => {
    await Member.updateOne({ _id: tomas.id }, { role: "viewer" });
    const { members } = await teamFor("maya");
    expect(members.map(({ canHold }) => canHold)).toEqual([true, true, false]);
    await Member.updateOne({ _id: tomas.id }, { role: "member" });
  });

  test("lets admins give away an unassigned ticket, and members once the team's rule says so", async () => {
    expect((await teamFor("maya")).mayAssignUnassigned).toBe(true);
    expect((await teamFor("priya")).mayAssignUnassigned).toBe(false);
    await changeSettings({ handover: { membersAssignUnassigned: true }, revision: 0 }, maya);
    expect((await teamFor("priya")).mayAssignUnassigned).toBe(true);
  });

  test("tells admins alone who was removed, by whom and why, the latest first", async () => {
    await teamFor("maya");
    await removeMember(tomas.id, maya, "by_admin");
    await removeMember(priya.id, null, "left_organization");
    const { members, removed } = await teamFor("maya");
    expect(members.map(({ id }) => id)).toEqual([maya.id]);
    const [{ role: _p, ...aPriya }, { role: _t, ...aTomas }] = [priya, tomas];
    expect(removed).toStrictEqual([
      { ...aPriya, removedAt: expect.any(String), removedBy: null, reason: "left_organization" },
      { ...aTomas, removedAt: expect.any(String), removedBy: maya.name, reason: "by_admin" },
    ]);
    await restoreMember(priya.id, maya);
    expect((await teamFor("priya")).removed).toEqual([]);
    await restoreMember(tomas.id, maya);
  });

  test("answers 400 to an unknown query parameter", async () => {
    expect((await call(GET, "/api/team?x=1", { headers: demoIdentity.headersOf("maya") })).status).toBe(400);
  });
});

describe("GET /api/team with Clerk", () => {
  beforeAll(clerkIdentity.use);
  const idsFor = async (name: Name) => (await teamFor(name, clerkIdentity)).members.map(({ id }) => id);

  test("lists everybody seen on the team, without the demo's people and without removed members", async () => {
    const { maya, priya, tomas } = clerkIdentity.team;
    await idsFor("maya");
    await idsFor("tomas");
    await Member.updateOne({ _id: tomas.id }, { removedAt: new Date() });
    expect(await idsFor("priya")).toEqual([maya.id, priya.id]);
    expect((await teamFor("maya", clerkIdentity)).removed.map(({ id }) => id)).toEqual([tomas.id]);
  });

  test("refuses a member whom another process has removed", async () => {
    const { maya } = clerkIdentity.team;
    const answer = () => read(clerkIdentity.headersOf("maya"));
    expect((await answer()).status).toBe(200);
    await Member.updateOne({ _id: maya.id }, { removedAt: new Date() });
    await expect
      .poll(answer, { timeout: 2_000 })
      .toMatchObject({ status: 403, body: { reason: "not_on_team" } });
    await Member.updateOne({ _id: maya.id }, { removedAt: null });
    await expect.poll(answer, { timeout: 2_000 }).toMatchObject({ status: 200 });
  });
});
