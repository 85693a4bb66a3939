import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { visitsStored } from "@/lib/auth/member-profile";
import { endSessions, findStanding } from "@/lib/auth/standing";
import { isStandingKnown, MEMORY_MAX_MS } from "@/lib/auth/standing-memory";
import { Member } from "@/models/MemberModel";
import { commandsOf } from "@/tests/support/database/commands";
import { cutCommands, holdCommands, systemError } from "@/tests/support/database/socket-faults";
import { createMember } from "@/tests/support/factories/members";
import { member } from "@/tests/support/factories/threads";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
type Options = Parameters<typeof findStanding>[1];

/** The standing, once the visit is stored. */
async function visit(who: Parameters<typeof findStanding>[0], options?: Options) {
  const standing = await findStanding(who, options);
  await visitsStored();
  return standing;
}

describe("a visit", () => {
  test("leaves one row after any number of simultaneous first sights", async () => {
    const priya = member("Simultaneous Priya");
    const standings = await Promise.all(Array.from({ length: 20 }, () => visit(priya, { now: at(0) })));
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
    await visit(tomas, { now: at(0) });
    await visit(tomas, { now: at(59) });
    expect(await Member.findById(tomas.id).lean()).toMatchObject({ lastSeenAt: at(0) });
    await visit(tomas, { now: at(60) });
    expect(await Member.findById(tomas.id).lean()).toMatchObject({ lastSeenAt: at(60) });
  });

  test("writes a changed name, address or role at once", async () => {
    const maya = member("Promoted Maya");
    await visit(maya, { now: at(0) });
    await visit({ ...maya, role: "admin" }, { now: at(1) });
    expect(await Member.findById(maya.id).lean()).toMatchObject({ role: "admin" });
  });

  test("writes a deleted row again", async () => {
    const lost = member("Lost Row");
    await visit(lost, { now: at(0) });
    await Member.deleteOne({ _id: lost.id });
    await expect
      .poll(() => visit(lost, { now: at(1) }).then(() => Member.exists({ _id: lost.id })))
      .toBeTruthy();
  });

  test("does not wait for its write, and is stored even if the database breaks the connection", async () => {
    const away = member("Unlucky Member");
    await visit(away, { now: at(0) });
    const faults = cutCommands({
      command: "update",
      collection: Member.collection.collectionName,
      at: "unwritten",
      error: () => systemError("ECONNRESET"),
      times: 3,
    });
    const writes = holdCommands("update");
    expect(await findStanding({ ...away, name: "Renamed Member" }, { now: at(1) })).toBe("on_team");
    writes.release();
    await visitsStored();
    faults.stop();
    expect(await Member.findById(away.id).lean()).toMatchObject({ name: "Renamed Member" });
  });
});

const known = (who: Parameters<typeof findStanding>[0]) =>
  expect.poll(() => findStanding(who).then(isStandingKnown), { timeout: 10_000 }).toBe(true);
const reads = async (work: () => Promise<unknown>) =>
  (await commandsOf(work)).filter(({ name }) => name === "find").length;

describe("the standing", () => {
  test("costs no query while the change stream works", async () => {
    const priya = await createMember("Remembered Priya");
    await visit(priya);
    await known(priya);
    expect(await commandsOf(() => findStanding(priya))).toEqual([]);
  });

  test("of a removed member is removed, and another visit does not bring them back", async () => {
    const gone = member("Gone Again");
    expect(await visit(gone, { now: at(0) })).toBe("on_team");
    await Member.updateOne({ _id: gone.id }, { removedAt: at(1) });
    await expect.poll(() => visit(gone, { now: at(2) }), { timeout: MEMORY_MAX_MS }).toBe("removed");
    expect(await visit(gone, { now: at(100) })).toBe("removed");
    expect(await Member.findById(gone.id).lean()).toMatchObject({ removedAt: at(1) });
  });

  test("of a session counts as signed out at once in the process that ended it, and a later session counts", async () => {
    const maya = await createMember("Leaving Maya");
    await known(maya);
    const stream = holdCommands("getMore");
    await expect.poll(stream.held).toBe(1);
    await endSessions(maya.id, at(10));
    expect(await findStanding(maya, { since: at(5) })).toBe("signed_out");
    stream.release();
    expect(await findStanding(maya, { since: at(11) })).toBe("on_team");
    expect(await reads(() => findStanding(maya, { since: at(5) }))).toBeLessThanOrEqual(1);
    await expect.poll(() => reads(() => findStanding(maya, { since: at(5) }))).toBe(0);
  });
});

describe("the row is read", () => {
  let priya: Awaited<ReturnType<typeof createMember>>;
  const names = ["Silent Priya", "Backward Priya", "Lost Priya"];
  beforeEach(async () => {
    priya = await createMember(names.pop() ?? "");
    await visit(priya);
    await known(priya);
  });
  afterEach(() => vi.useRealTimers());

  test("if the change stream has been silent for 2 s, and a removal counts that it has not told", async () => {
    const stream = holdCommands("getMore");
    await expect.poll(stream.held).toBe(1);
    await Member.updateOne({ _id: priya.id }, { removedAt: at(0) });
    expect(await findStanding(priya)).toBe("on_team");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + MEMORY_MAX_MS });
    expect(await findStanding(priya)).toBe("removed");
    vi.useRealTimers();
    stream.release();
    await expect.poll(() => findStanding(priya), { timeout: MEMORY_MAX_MS }).toBe("removed");
  });

  test("if the clock was set back", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    expect(isStandingKnown()).toBe(false);
  });

  test("if the change stream is lost, until another is open and has read whoever was removed meanwhile", async () => {
    const error = () => systemError("ECONNRESET");
    // The driver opens the stream again after the first, and gives up after the others.
    const faults = cutCommands(
      { command: "getMore", at: "unwritten", error },
      { command: "aggregate", at: "unwritten", error, times: 10 },
    );
    await expect.poll(isStandingKnown, { timeout: 5_000 }).toBe(false);
    faults.stop();
    await Member.updateOne({ _id: priya.id }, { removedAt: at(0) });
    await createMember("Somebody Later"); // a stream that begins with the last write does not tell of the removal
    expect(await findStanding(priya)).toBe("removed");
    await known(priya);
    await expect.poll(() => reads(() => findStanding(priya))).toBe(0);
    expect(await findStanding(priya)).toBe("removed");
  });
});
