import mongoose, { type Types } from "mongoose";
import { beforeEach, describe, expect, test } from "vitest";
import type { ThreadId } from "@/lib/api/contracts";
import { takeDue } from "@/lib/store/queue/lease";
import { postpone } from "@/lib/store/queue/postpone";
import { claimTicket } from "@/lib/tickets/claim";
import { EVENTS, eventStep } from "@/lib/tickets/events";
import { changeThread, HISTORY_FULL, literal, newOperation } from "@/lib/tickets/transition";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread, type StoredHistoryLine } from "@/models/EmailThreadModel";
import { DeadLetter } from "@/models/DeadLetterModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { profiled } from "@/tests/support/database/profiled";
import { untilWriteWaits } from "@/tests/support/database/waiting-write";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";
import { breakThread, fillUp } from "@/tests/support/factories/unwritable";

const HOUR_MS = 3_600_000;
const soon = () => new Date(Date.now() + 60_000);

function line(revision: number, agoMs: number): StoredHistoryLine {
  const at = new Date(Date.now() - agoMs);
  return { op: `op-${revision}`, kind: "status_changed", at, revision, by: null };
}

/** Bytes of the thread's document. */
async function sizeOf({ _id }: { _id: Types.ObjectId }): Promise<number> {
  const [found] = await EmailThread.aggregate<{ bytes: number }>([
    { $match: { _id } },
    { $project: { bytes: { $bsonSize: "$$ROOT" } } },
  ]);
  return found?.bytes ?? 0;
}

/** The line as an earlier copy of it. */
function event(threadId: Types.ObjectId, revision: number): StoredTicketEvent {
  const { op: _op, ...rest } = line(revision, HOUR_MS);
  return { _id: `${threadId.toHexString()}:${revision}`, threadId, ...rest };
}

/** Takes the person out of the thread's history, as an erasure does. */
async function erasePerson(threadId: ThreadId, { email }: { email: string }): Promise<void> {
  await changeThread({
    threadId,
    op: newOperation(),
    where: {},
    set: { erasedBefore: literal(new Date()) },
    line: { kind: "customer_erased", by: null },
  });
  await EmailThread.updateOne(
    { _id: threadId },
    { $set: { "history.$[line].by.email": "", "history.$[line].assignee.email": "" } },
    { arrayFilters: [{ "line.by.email": email }] },
  );
}

async function drain(now: Date) {
  while ((await eventStep(now)).worked);
}

beforeEach(async () => {
  await Promise.all([EmailThread.deleteMany({}), TicketEvent.deleteMany({}), DeadLetter.deleteMany({})]);
});

describe("eventStep", () => {
  test("copies each history line once, however many workers run", async () => {
    const thread = await createThread();
    const priya = member("Priya Nair");
    await claimTicket(thread.id, priya);
    await unclaimTicket(thread.id, priya);
    await Promise.all([drain(soon()), drain(soon()), drain(soon())]);

    const events = await TicketEvent.find({ threadId: thread._id }).sort({ revision: 1 }).lean();
    expect(events.map((event) => [event._id, event.kind])).toEqual([
      [`${thread.id}:2`, "claimed"],
      [`${thread.id}:3`, "unclaimed"],
    ]);
    expect(await storedThread(thread.id)).not.toHaveProperty("eventsDueAt");
  });

  test("keeps the last two minutes and fifty lines in the thread, and all lines as events", async () => {
    const old = Array.from({ length: 60 }, (_, index) => line(index + 1, 5 * HOUR_MS - index));
    const young = Array.from({ length: 20 }, (_, index) => line(index + 61, 0));
    const thread = await createThread({ history: [...old, ...young], revision: 80, eventsDueAt: new Date() });
    await drain(soon());

    const kept = (await storedThread(thread.id)).history ?? [];
    expect(kept.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 31),
    );
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(80);
  });

  test("keeps a thread small that a member changes six times a second for half an hour", async () => {
    const history = Array.from({ length: 10_800 }, (_, index) => line(index + 1, (10_800 - index) * 166));
    const thread = await createThread({ history, revision: 10_800, eventsDueAt: new Date() });
    await drain(soon());
    expect(await sizeOf(thread)).toBeLessThan(500_000);
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(10_800);
    expect((await storedThread(thread.id)).history?.at(-1)?.revision).toBe(10_800);
  });

  test("keeps less than fifty older lines if they are large", async () => {
    const by = { id: "user_x", email: "x@team.example", name: "X".repeat(20_000) };
    const history = Array.from({ length: 50 }, (_, index) => ({ ...line(index + 1, HOUR_MS), by }));
    const thread = await createThread({ history, revision: 50, eventsDueAt: new Date() });
    await drain(soon());
    expect(await sizeOf(thread)).toBeLessThan(100_000);
    expect((await storedThread(thread.id)).history?.at(-1)?.revision).toBe(50);
  });

  test("leaves the line of an operation that may still be retried, so that it is not carried out twice", async () => {
    const priya = member("Priya Nair");
    const history = Array.from({ length: 2_000 }, (_, index) => line(index + 1, HOUR_MS));
    const thread = await createThread({ history, revision: 2_000 });
    const claimed = await claimTicket(thread.id, priya, "op-claim");
    await unclaimTicket(thread.id, priya);
    await drain(soon());
    expect((await storedThread(thread.id)).history?.length).toBeLessThanOrEqual(50);

    expect(await claimTicket(thread.id, priya, "op-claim")).toEqual(claimed);
    expect(await storedThread(thread.id)).toMatchObject({ assignedTo: null, revision: 2_002 });
  });

  test("trims a thread that changes all the time", async () => {
    const priya = member("Priya Nair");
    // Far from full, so that the member can change it while the copy of so many lines goes on.
    const history = Array.from({ length: 2_000 }, (_, index) => line(index + 1, HOUR_MS));
    const thread = await createThread({ history, revision: 2_000, eventsDueAt: new Date(0) });
    let isDone = false;
    const step = eventStep(soon()).then(() => (isDone = true));
    while (!isDone) {
      await claimTicket(thread.id, priya);
      await unclaimTicket(thread.id, priya);
    }
    await step;
    const stored = await storedThread(thread.id);
    expect(stored.history?.length).toBeLessThan(1_000);
    expect(stored.revision).toBeGreaterThan(2_000);

    await drain(soon());
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(stored.revision ?? 0);
  });

  test("is never more than 3,000 lines that members wrote, however fast they change a ticket", async () => {
    const history = Array.from({ length: HISTORY_FULL }, (_, index) => line(index + 1, 1_000));
    const thread = await createThread({ history, revision: HISTORY_FULL });
    expect(await claimTicket(thread.id, member("Priya Nair"))).toMatchObject({
      ok: false,
      failure: { reason: "changed_meanwhile" },
    });
    expect((await storedThread(thread.id)).history).toHaveLength(HISTORY_FULL);
  });

  test("copies a line that is written during a copy as well", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    const copying = eventStep(soon());
    await unclaimTicket(thread.id, member("Priya Nair"));
    await copying;
    await drain(soon());
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(2);
  });

  test("is copied by one worker at a time, also if the ticket changes all the time", async () => {
    const thread = await createThread();
    await claimTicket(thread.id, member("Priya Nair"));
    const clock = soon();
    const [leased] = await takeDue(EVENTS, { clock });
    await unclaimTicket(thread.id, member("Priya Nair"));
    expect(await takeDue(EVENTS, { clock })).toEqual([]);
    if (leased) await postpone(EVENTS, leased, new Error("slow"), { clock, delayMs: 0 });
    await drain(soon());
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(2);
  });

  test("copies one line if a thread with fifty kept lines gets one", async () => {
    const history = Array.from({ length: 50 }, (_, index) => line(index + 1, HOUR_MS));
    const thread = await createThread({ history, revision: 50, eventsDueAt: new Date(0) });
    await drain(soon());
    await claimTicket(thread.id, member("Priya Nair"));
    const writes = (await profiled(TicketEvent, () => drain(soon()))).filter(({ op }) => op === "update");
    expect(writes).toHaveLength(1);
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(51);
  });

  test("copies all lines once of a thread that an older version copied", async () => {
    const history = Array.from({ length: 50 }, (_, index) => line(index + 1, HOUR_MS));
    const thread = await createThread({ history, revision: 50 });
    await TicketEvent.create(event(thread._id, 1));
    await claimTicket(thread.id, member("Priya Nair"));
    await drain(soon());
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(51);
  });

  test("is copied of eight threads at once, which are looked up together", async () => {
    for (let made = 0; made < 8; made += 1) {
      const thread = await createThread();
      await claimTicket(thread.id, member("Priya Nair"));
    }
    await EmailThread.updateMany({}, { $set: { eventsDueAt: new Date(0) } });
    const operations = await profiled(EmailThread, () => eventStep(soon()));
    expect(operations.filter(({ op }) => op === "query")).toHaveLength(2);
    expect(await eventStep(soon())).toEqual({ worked: false });
  });

  test.each([
    ["takes no write", fillUp],
    ["has a broken history", breakThread],
  ])("is copied of every other thread if one %s", async (_, spoil) => {
    const bad = await createThread({ history: [line(1, HOUR_MS)], revision: 1, eventsDueAt: new Date(0) });
    await spoil(bad);
    const others = [await createThread(), await createThread()];
    for (const { id } of others) await claimTicket(id, member("Priya Nair"));
    for (let step = 0; step < 5; step += 1) await eventStep(soon()).catch(() => {});
    for (const { _id } of others) expect(await TicketEvent.countDocuments({ threadId: _id })).toBe(1);
    expect(await DeadLetter.find({ rowId: bad.id }).lean()).toMatchObject([{ queue: "events" }]);
  });

  test("tells nothing of a person who was erased while it was copied", async () => {
    const ann = member("Ann Smith");
    const thread = await createThread();
    await claimTicket(thread.id, ann);
    // The copy has read the thread and waits to write.
    const session = await mongoose.startSession();
    session.startTransaction();
    await TicketEvent.create([event(thread._id, 2)], { session });
    const copying = eventStep(soon());
    await untilWriteWaits(TicketEvent);
    await erasePerson(thread.id, ann);
    await session.abortTransaction();
    await session.endSession();
    await copying;
    await drain(soon());
    expect(JSON.stringify(await TicketEvent.find({ threadId: thread._id }).lean())).not.toContain(ann.email);
  });
});
