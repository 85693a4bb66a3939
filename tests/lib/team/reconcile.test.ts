import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { processSingleton } from "@/lib/process-singleton";
import { reconcileStep } from "@/lib/team/reconcile";
import { releaseStep } from "@/lib/team/release-tickets";
import { removeMember } from "@/lib/team/remove-member";
import { claimTicket } from "@/lib/tickets/claim";
import type { TeamMember } from "@/lib/api/vocabulary";
import { Member } from "@/models/MemberModel";
import { Schedule } from "@/models/ScheduleModel";
import { startClerkApi, type ClerkUser } from "@/tests/support/clerk/clerk-api";
import { createMember, storedMember } from "@/tests/support/factories/members";
import { createThread, storedThread } from "@/tests/support/factories/threads";
import { clerkIdentity, demoIdentity, setEnv } from "@/tests/support/routes/identities";

const ORGANIZATION = "org_tests";
const at = (hours: number) => new Date(Date.UTC(2030, 0, 1) + hours * 3_600_000);
let clerk: Awaited<ReturnType<typeof startClerkApi>>;
let maya: TeamMember;
let priya: TeamMember;

beforeAll(async () => {
  clerk = await startClerkApi();
});
afterAll(() => clerk.close());

beforeEach(async () => {
  clerkIdentity.use();
  setEnv({ CLERK_API_URL: clerk.url, CLERK_ORGANIZATION_ID: undefined });
  Object.assign(clerk.state, { away: false, cutsLists: false, ignoresFilters: false });
  clerk.users.clear();
  clerk.organizations.clear();
  await Member.deleteMany({});
  await Schedule.deleteMany({});
  beAnotherProcess();
  maya = await createMember("Maya Lindqvist", { role: "admin" });
  priya = await createMember("Priya Nair");
  for (const person of [maya, priya]) know(person);
  clerk.requests.length = 0;
});

/** Makes this process forget when it looked last, as one that has just started. */
function beAnotherProcess(): void {
  processSingleton("reconcile", () => ({ lookAgainAt: 0 })).lookAgainAt = -Infinity;
}

function know({ id, email }: TeamMember, overrides: Partial<ClerkUser> = {}): void {
  clerk.users.set(id, { id, email, ...overrides });
}

async function standings(...people: TeamMember[]) {
  const rows = await Promise.all(people.map(({ id }) => storedMember(id)));
  return rows.map(({ removedAt, removedFor }) => (removedAt ? removedFor : "on_team"));
}

describe("once a day, the team is compared with Clerk", () => {
  test("whoever is gone is removed, and everybody else stays", async () => {
    const tomas = await createMember("Tomas Rivera");
    know(tomas, { isBanned: true });
    clerk.users.delete(priya.id);
    expect(await reconcileStep(at(0))).toMatchObject({ worked: true });
    expect(await standings(maya, priya, tomas)).toEqual(["on_team", "account_deleted", "account_blocked"]);
  });

  test("whoever is out of the organization is removed, and let in again once they are back", async () => {
    setEnv({ CLERK_ORGANIZATION_ID: ORGANIZATION });
    clerk.organizations.set(ORGANIZATION, new Set([maya.id]));
    await reconcileStep(at(0));
    expect(await standings(maya, priya)).toEqual(["on_team", "left_organization"]);
    clerk.organizations.get(ORGANIZATION)?.add(priya.id);
    await reconcileStep(at(24));
    expect(await standings(maya, priya)).toEqual(["on_team", "on_team"]);
  });

  test("nobody whom an admin removed is let in", async () => {
    await removeMember(priya.id, maya, "by_admin");
    await reconcileStep(at(0));
    expect(await standings(priya)).toEqual(["by_admin"]);
  });

  test("it runs once, whichever process is first, and again after a day", async () => {
    const turns = await Promise.all(
      Array.from({ length: 8 }, () => {
        beAnotherProcess();
        return reconcileStep(at(0));
      }),
    );
    expect(turns.filter(({ worked }) => worked)).toHaveLength(1);
    for (const [hours, worked] of [
      [1, false],
      [23.9, false],
      [24.1, true],
      [25, false],
    ] as const) {
      beAnotherProcess();
      expect(await reconcileStep(at(hours)), String(hours)).toMatchObject({ worked });
    }
  });

  test("an idle process looks once a minute, and asks Clerk nothing", async () => {
    await reconcileStep(at(0));
    clerk.requests.length = 0;
    await Schedule.updateOne({ _id: "clerk-reconcile" }, { dueAt: at(0) });
    expect(await reconcileStep(new Date(at(0).getTime() + 59_000))).toMatchObject({ worked: false });
    expect(clerk.requests).toEqual([]);
    expect(await reconcileStep(new Date(at(0).getTime() + 61_000))).toMatchObject({ worked: true });
  });

  test("a large team takes a few requests", async () => {
    const people = await Promise.all(
      Array.from({ length: 250 }, (_, index) =>
        createMember("Somebody", { _id: `user_many_${index}` }).then((person) => ({
          ...person,
          id: `user_many_${index}`,
        })),
      ),
    );
    people.forEach((person) => know(person));
    clerk.users.delete("user_many_7");
    await reconcileStep(at(0));
    expect(await Member.countDocuments({ removedAt: null })).toBe(251);
    expect(clerk.requests.length).toBeLessThan(10);
  });

  test("the demo's people are not asked about", async () => {
    await createMember("Demo Maya", { isDemo: true });
    await reconcileStep(at(0));
    expect(clerk.requests.join(" ")).not.toContain("user_demo_maya");
    expect(await Member.countDocuments({ removedAt: null })).toBe(3);
  });

  test("a removed member who got a ticket since loses it", async () => {
    await removeMember(priya.id, null, "account_deleted");
    clerk.users.delete(priya.id);
    await Member.updateOne({ _id: priya.id }, { $unset: { releaseDueAt: 1 } });
    const thread = await createThread();
    await claimTicket(thread.id, priya);
    await reconcileStep(at(0));
    while ((await releaseStep(at(1))).worked);
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null });
  });
});

describe("nobody is removed", () => {
  beforeEach(() => {
    clerk.users.delete(priya.id);
  });

  test.each([
    ["Clerk is away", { away: true }],
    ["a list is cut", { cutsLists: true }],
    ["a list names others than those asked for", { ignoresFilters: true }],
  ])("if %s, and it is tried again a quarter of an hour later", async (_, state) => {
    const tomas = await createMember("Tomas Rivera");
    know(tomas);
    know({ ...maya, id: "user_somebody_else" });
    Object.assign(clerk.state, state);
    expect(await reconcileStep(at(0))).toMatchObject({ worked: true });
    expect(await standings(maya, priya, tomas)).toEqual(["on_team", "on_team", "on_team"]);
    Object.assign(clerk.state, { away: false, cutsLists: false, ignoresFilters: false });
    expect(await reconcileStep(at(0.2))).toMatchObject({ worked: false });
    expect(await reconcileStep(at(0.3))).toMatchObject({ worked: true });
    expect(await standings(maya, priya, tomas)).toEqual(["on_team", "account_deleted", "on_team"]);
  });

  test("if the key is refused", async () => {
    setEnv({ CLERK_API_URL: `${clerk.url}/another-instance` });
    await reconcileStep(at(0));
    expect(await standings(maya, priya)).toEqual(["on_team", "on_team"]);
  });

  test("if Clerk knows nobody of the team, as with the keys of another instance", async () => {
    clerk.users.clear();
    expect(await reconcileStep(at(0))).toMatchObject({ worked: true });
    expect(await standings(maya, priya)).toEqual(["on_team", "on_team"]);
  });

  test("if the organization is another one", async () => {
    know(priya);
    setEnv({ CLERK_ORGANIZATION_ID: "org_other" });
    await reconcileStep(at(0));
    clerk.organizations.set("org_other", new Set());
    await reconcileStep(at(1));
    expect(await standings(maya, priya)).toEqual(["on_team", "on_team"]);
  });

  test("in the demo", async () => {
    demoIdentity.use();
    expect(await reconcileStep(at(0))).toMatchObject({ worked: false });
    expect(clerk.requests).toEqual([]);
  });
});
