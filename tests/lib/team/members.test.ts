import { beforeEach, expect, test } from "vitest";
import { findStanding } from "@/lib/auth/standing";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { listTeam } from "@/lib/team/members";
import { Member } from "@/models/MemberModel";
import { createMember } from "@/tests/support/factories/members";
import { clerkIdentity, demoIdentity } from "@/tests/support/routes/identities";

beforeEach(async () => void (await Member.deleteMany({})));

const names = async () => (await listTeam()).map(({ name }) => name);
const DEMO_NAMES = DEMO_MEMBERS.map(({ name }) => name).sort();

test("lists everybody who signed in, by stored name and without removed members", async () => {
  clerkIdentity.use();
  await createMember("New Member");
  await createMember("Another Member");
  await createMember("Removed", { removedAt: new Date(1) });
  expect(await names()).toEqual(["Another Member", "New Member"]);
});

test("hides nobody for an id that one of the demo's people has, too", async () => {
  clerkIdentity.use();
  const [like] = DEMO_MEMBERS;
  if (!like) throw new Error("the demo has people");
  await findStanding({ ...like, name: "A Real Member" });
  expect(await names()).toEqual(["A Real Member"]);
});

test("keeps the demo's people and a real team in one database apart", async () => {
  clerkIdentity.use();
  await createMember("Real Member");
  demoIdentity.use();
  expect(await names()).toEqual(DEMO_NAMES);
  for (const member of DEMO_MEMBERS) await findStanding(member);
  expect(await names()).toEqual(DEMO_NAMES);
  clerkIdentity.use();
  expect(await names()).toEqual(["Real Member"]);
});

test("lists the demo's people by their stored names, also those stored before they were marked", async () => {
  demoIdentity.use();
  await createMember("Stored Name", { _id: DEMO_MEMBERS[0]?.id, role: "admin" });
  expect(await names()).toEqual(["Stored Name", ...DEMO_MEMBERS.slice(1).map(({ name }) => name)].sort());
});
