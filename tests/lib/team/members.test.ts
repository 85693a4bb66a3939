import { expect, test } from "vitest";
import { DEMO_MEMBERS } from "@/lib/auth/demo";
import { listTeam } from "@/lib/team/members";
import { Member } from "@/models/MemberModel";
import { demoIdentity } from "@/tests/support/routes/identities";

test("lists the demo's members and everybody who signed in, by stored name and without removed members", async () => {
  demoIdentity.use();
  const stored = { email: "kept@team.example", role: "admin", lastSeenAt: new Date(0) } as const;
  await Member.create({ _id: DEMO_MEMBERS[0]?.id, name: "Stored Name", ...stored });
  await Member.create({ _id: "user_new", name: "New Member", ...stored });
  await Member.create({ _id: "user_gone", name: "Removed", removedAt: new Date(1), ...stored });

  const names = (await listTeam()).map(({ name }) => name);
  expect(names).toEqual(
    ["New Member", "Stored Name", ...DEMO_MEMBERS.slice(1).map(({ name }) => name)].sort(),
  );
});
