import { beforeEach, describe, expect, test } from "vitest";
import type { TicketListResponse } from "@/lib/api/contracts";
import { countTickets, listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { EmailThread } from "@/models/EmailThreadModel";
import { everyPage } from "@/tests/support/checks/every-page";
import { createLegacyThread, createThread, member } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
const all = { limit: 50 };
const ids = (list: TicketListResponse) => list.tickets.map((ticket) => ticket._id);
const asPage = (list: TicketListResponse) => ({ items: ids(list), nextCursor: list.nextCursor });
const day = (n: number) => new Date(Date.UTC(2026, 0, n));

beforeEach(async () => {
  await EmailThread.deleteMany({});
});

describe("listUnassigned", () => {
  test("shows unassigned tickets, the longest waiting first, without resolved ones", async () => {
    const younger = await createThread({ receivedAt: day(3) });
    const older = await createThread({ receivedAt: day(1) });
    const waiting = await createThread({ receivedAt: day(2), status: "waiting" });
    const resolved = await createThread({ status: "resolved" });
    await createThread({ assignedTo: priya.id });
    expect(ids(await listUnassigned(all))).toEqual([older.id, waiting.id, younger.id]);
    expect(ids(await listUnassigned({ ...all, status: "resolved" }))).toEqual([resolved.id]);
  });

  test("shows threads stored before the assignment fields existed, with or without a status", async () => {
    const withStatus = await createLegacyThread({ receivedAt: day(1) });
    const without = await createLegacyThread({ receivedAt: day(2), status: undefined });
    const list = await listUnassigned(all);
    expect(ids(list)).toEqual([withStatus.id, without.id]);
    expect(list.tickets[0]).toMatchObject({ assignedTo: null, status: "open", subject: "From before" });
    expect(ids(await listUnassigned({ ...all, status: "open" }))).toEqual([withStatus.id, without.id]);
  });
});

describe("listMine", () => {
  test("shows the member's own tickets and nobody else's, the newest message first", async () => {
    const first = await createThread({ assignedTo: priya.id, lastMessageAt: day(1) });
    const second = await createThread({ assignedTo: priya.id, lastMessageAt: day(2), status: "resolved" });
    await createThread({ assignedTo: "user_other" });
    await createThread();
    expect(ids(await listMine(all, priya))).toEqual([second.id, first.id]);
    expect(ids(await listMine({ ...all, status: "active" }, priya))).toEqual([first.id]);
  });
});

describe("listTickets", () => {
  test("filters by status and by assignee: me, none or a member", async () => {
    const free = await createThread({ lastMessageAt: day(1) });
    const mine = await createThread({ assignedTo: priya.id, lastMessageAt: day(2), status: "waiting" });
    const others = await createThread({ assignedTo: "user_other", lastMessageAt: day(3) });
    expect(ids(await listTickets(all, priya))).toEqual([others.id, mine.id, free.id]);
    expect(ids(await listTickets({ ...all, assignee: "me" }, priya))).toEqual([mine.id]);
    expect(ids(await listTickets({ ...all, assignee: "none" }, priya))).toEqual([free.id]);
    expect(ids(await listTickets({ ...all, assignee: "user_other" }, priya))).toEqual([others.id]);
    expect(ids(await listTickets({ ...all, status: "open" }, priya))).toEqual([others.id, free.id]);
  });

  test("gives every ticket once and in order, page by page, however many share a date or have none", async () => {
    for (let index = 0; index < 7; index += 1) await createThread({ lastMessageAt: day(1 + (index % 2)) });
    for (let index = 0; index < 4; index += 1) await createLegacyThread();
    const whole = ids(await listTickets(all, priya));
    expect(whole).toHaveLength(11);
    expect(await everyPage(async (cursor) => asPage(await listTickets({ limit: 2, cursor }, priya)))).toEqual(
      whole,
    );
  });

  test("gives every unassigned ticket once and in order, page by page", async () => {
    for (let index = 0; index < 5; index += 1) await createThread({ receivedAt: day(1 + (index % 2)) });
    const whole = ids(await listUnassigned(all));
    expect(whole).toHaveLength(5);
    expect(await everyPage(async (cursor) => asPage(await listUnassigned({ limit: 3, cursor })))).toEqual(
      whole,
    );
  });
});

describe("countTickets", () => {
  test("counts unassigned, own and all tickets that are not resolved, up to 999+", async () => {
    await createThread();
    await createLegacyThread();
    await createThread({ assignedTo: priya.id });
    await createThread({ assignedTo: priya.id, status: "resolved" });
    expect(await countTickets(priya)).toMatchObject({ unassigned: 2, mine: 1, all: 3 });

    await EmailThread.collection.insertMany(
      Array.from({ length: 1_200 }, (_, index) => ({
        subject: `Bulk ${index}`,
        status: "open",
        receivedAt: day(1),
      })),
    );
    expect(await countTickets(priya)).toMatchObject({ unassigned: "999+", mine: 1, all: "999+" });
  });
});
