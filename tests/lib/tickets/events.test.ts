import type { Types } from "mongoose";
import { describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { eventStep } from "@/lib/tickets/events";
import { HISTORY_FULL } from "@/lib/tickets/transition";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread, type StoredHistoryLine } from "@/models/EmailThreadModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";

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

async function drain(now: Date) {
  while ((await eventStep(now)).worked);
}

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
});
