import { describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { eventStep } from "@/lib/tickets/events";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import type { StoredHistoryLine } from "@/models/EmailThreadModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { createThread, member, storedThread } from "@/tests/support/factories/threads";

const HOUR_MS = 3_600_000;
const soon = () => new Date(Date.now() + 60_000);

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

  test("keeps the last fifty lines and the last hour in the thread, and all lines as events", async () => {
    const now = new Date();
    const line = (revision: number, at: Date): StoredHistoryLine => ({
      op: `op-${revision}`,
      kind: "status_changed",
      at,
      revision,
      by: null,
    });
    const old = Array.from({ length: 60 }, (_, index) =>
      line(index + 1, new Date(now.getTime() - 5 * HOUR_MS + index)),
    );
    const young = Array.from({ length: 20 }, (_, index) => line(index + 61, now));
    const thread = await createThread({ history: [...old, ...young], revision: 80, eventsDueAt: now });
    await drain(now);

    const kept = (await storedThread(thread.id)).history ?? [];
    expect(kept.map(({ revision }) => revision)).toEqual(
      Array.from({ length: 50 }, (_, index) => index + 31),
    );
    expect(await TicketEvent.countDocuments({ threadId: thread._id })).toBe(80);
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
