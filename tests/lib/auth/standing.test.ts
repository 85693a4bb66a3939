import { describe, expect, test } from "vitest";
import { findStanding } from "@/lib/auth/standing";
import { Member } from "@/models/MemberModel";
import { member } from "@/tests/support/factories/threads";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);

describe("findStanding", () => {
  test("leaves one row after any number of simultaneous first sights", async () => {
    const priya = member("Simultaneous Priya");
    const standings = await Promise.all(
      Array.from({ length: 20 }, () => findStanding(priya, { now: at(0) })),
    );
    expect(new Set(standings)).toEqual(new Set(["on_team"]));
    expect(await Member.find({ _id: priya.id }).lean()).toEqual([
      {
        _id: priya.id,
        email: priya.email,
        name: priya.name,
        role: "member",
        lastSeenAt: at(0),
        removedAt: null,
        isDemo: true, // these tests run in the demo's mode
      },
    ]);
  });

  test("writes the row at most once a minute while nothing changes", async () => {
    const tomas = member("Often Seen");
    await findStanding(tomas, { now: at(0) });
    await findStanding(tomas, { now: at(59) });
    expect(await Member.findById(tomas.id).lean()).toMatchObject({ lastSeenAt: at(0) });
    await findStanding(tomas, { now: at(60) });
    expect(await Member.findById(tomas.id).lean()).toMatchObject({ lastSeenAt: at(60) });
  });

  test("writes a changed name, address or role at once", async () => {
    const maya = member("Promoted Maya");
    await findStanding(maya, { now: at(0) });
    await findStanding({ ...maya, role: "admin" }, { now: at(1) });
    expect(await Member.findById(maya.id).lean()).toMatchObject({ role: "admin" });
  });

  test("refuses a removed member from the next request on, and another visit does not bring them back", async () => {
    const gone = member("Gone Again");
    expect(await findStanding(gone, { now: at(0) })).toBe("on_team");
    await Member.updateOne({ _id: gone.id }, { removedAt: at(1) });
    expect(await findStanding(gone, { now: at(2) })).toBe("removed");
    expect(await findStanding(gone, { now: at(100) })).toBe("removed");
    expect(await Member.findById(gone.id).lean()).toMatchObject({ removedAt: at(1) });
  });

  test("writes a deleted row again", async () => {
    const lost = member("Lost Row");
    await findStanding(lost, { now: at(0) });
    await Member.deleteOne({ _id: lost.id });
    expect(await findStanding(lost, { now: at(1) })).toBe("on_team");
    expect(await Member.findById(lost.id).lean()).toMatchObject({ name: "Lost Row" });
  });
});
