import { describe, expect, test } from "vitest";
import { admit, ensureMembers, storedTeam } from "@/lib/auth/admission";
import { Member } from "@/models/MemberModel";
import { member } from "@/tests/support/factories/threads";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);

describe("admit", () => {
  test("keeps one row of any number of simultaneous first sights", async () => {
    const priya = member("Simultaneous Priya");
    const admitted = await Promise.all(Array.from({ length: 20 }, () => admit(priya, { now: at(0) })));
    expect(new Set(admitted)).toEqual(new Set(["in"]));
    expect(await Member.find({ _id: priya.id }).lean()).toEqual([
      {
        _id: priya.id,
        email: priya.email,
        name: priya.name,
        role: "member",
        lastSeenAt: at(0),
        removedAt: null,
      },
    ]);
  });

  test("writes the row at most once a minute while nothing changes", async () => {
    const tomas = member("Often Seen");
    await admit(tomas, { now: at(0) });
    await admit(tomas, { now: at(59) });
    expect(await Member.findById(tomas.id).lean()).toMatchObject({ lastSeenAt: at(0) });
    await admit(tomas, { now: at(60) });
    expect(await Member.findById(tomas.id).lean()).toMatchObject({ lastSeenAt: at(60) });
  });

  test("writes a new name, address or role at once", async () => {
    const maya = member("Promoted Maya");
    await admit(maya, { now: at(0) });
    await admit({ ...maya, role: "admin" }, { now: at(1) });
    expect(await Member.findById(maya.id).lean()).toMatchObject({ role: "admin" });
  });

  test("refuses a removed member from the next request on, and being seen does not bring them back", async () => {
    const gone = member("Gone Again");
    expect(await admit(gone, { now: at(0) })).toBe("in");
    await Member.updateOne({ _id: gone.id }, { removedAt: at(1) });
    expect(await admit(gone, { now: at(2) })).toBe("removed");
    expect(await admit(gone, { now: at(100) })).toBe("removed");
    expect(await Member.findById(gone.id).lean()).toMatchObject({ removedAt: at(1) });
  });

  test("writes the row anew where it was deleted", async () => {
    const lost = member("Lost Row");
    await admit(lost, { now: at(0) });
    await Member.deleteOne({ _id: lost.id });
    expect(await admit(lost, { now: at(1) })).toBe("in");
    expect(await Member.findById(lost.id).lean()).toMatchObject({ name: "Lost Row" });
  });
});

test("introduce leaves rows that stand as they are", async () => {
  const known = member("Known Already");
  await Member.create({
    _id: known.id,
    email: known.email,
    name: "Kept Name",
    role: "admin",
    lastSeenAt: at(0),
    removedAt: at(1),
  });
  await ensureMembers([known, member("Newly Met")]);
  expect(await Member.findById(known.id).lean()).toMatchObject({ name: "Kept Name", removedAt: at(1) });
  const names = (await storedTeam()).map(({ name }) => name);
  expect(names).toContain("Newly Met");
  expect(names).not.toContain("Kept Name");
});
