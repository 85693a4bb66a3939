import { beforeEach, describe, expect, test } from "vitest";
import type { TicketListResponse } from "@/lib/api/contracts";
import { countForAll, countOwn, listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { EmailThread } from "@/models/EmailThreadModel";
import { everyPage } from "@/tests/support/checks/every-page";
import { customerMail, needingLook } from "@/tests/support/factories/attention";
import { createLegacyThread, createThread, member } from "@/tests/support/factories/threads";

const priya = member("Priya Nair");
const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const ids = (list: TicketListResponse) => list.tickets.map(({ _id }) => _id);
const mine = { assignedTo: priya.id };

type Place = { cursor?: string | undefined; limit: number };
const LISTS = [
  { name: "Unassigned", fields: {}, read: (place: Place) => listUnassigned(place) },
  { name: "Mine", fields: mine, read: (place: Place) => listMine(place, priya) },
  { name: "All", fields: {}, read: (place: Place) => listTickets(place, priya) },
  {
    name: "All by assignee",
    fields: mine,
    read: (place: Place) => listTickets({ ...place, assignee: priya.id }, priya),
  },
  {
    name: "All by status",
    fields: {},
    read: (place: Place) => listTickets({ ...place, status: "open" as const }, priya),
  },
];

beforeEach(async () => {
  await EmailThread.deleteMany({});
});

describe.each(LISTS)("$name", ({ fields, read }) => {
  /** Stores `looks` tickets that need a look and `others` that do not; some share their dates. */
  async function store(looks: number, others: number) {
    for (let index = 0; index < looks; index += 1)
      await createThread({ ...fields, ...needingLook(day(9 - (index % 3))) });
    for (let index = 0; index < others; index += 1) {
      const at = day(1 + (index % 2));
      await createThread({ ...fields, receivedAt: at, lastMessageAt: at, ...customerMail(at) });
    }
    await createLegacyThread(fields);
  }

  test("has the tickets that need a look first, the longest waiting first, and the others below in its order", async () => {
    const plain = await createThread({ ...fields, receivedAt: day(3), ...customerMail(day(3)) });
    const later = await createThread({ ...fields, receivedAt: day(1), ...needingLook(day(8)) });
    const earlier = await createThread({ ...fields, receivedAt: day(2), ...needingLook(day(7)) });
    await createThread({ assignedTo: "user_other", status: "resolved" });
    const list = await read({ limit: 50 });
    const listed = ids(list).slice(0, 3);
    expect(listed.slice(0, 2)).toEqual([earlier.id, later.id]);
    expect(ids(list)).toContain(plain.id);
    expect(list.tickets[0]?.attention).toMatchObject({ kind: "came_back", cause: "no_mailbox" });
  });

  test.each([1, 2, 3, 4, 5, 7, 12, 13])(
    "gives every ticket once and in order over all pages of %i",
    async (limit) => {
      await store(5, 7);
      const whole = ids(await read({ limit: 50 }));
      expect(new Set(whole).size).toBe(13);
      const paged = await everyPage(async (cursor) => {
        const page = await read({ limit, cursor });
        expect(page.tickets.length).toBeLessThanOrEqual(limit);
        return { items: ids(page), nextCursor: page.nextCursor };
      });
      expect(paged).toEqual(whole);
    },
  );

  test("ends after the last ticket that needs a look if there are no others", async () => {
    for (let index = 0; index < 3; index += 1)
      await createThread({ ...fields, ...needingLook(day(index + 1)) });
    const page = await read({ limit: 3 });
    expect(ids(page)).toHaveLength(3);
    expect(page.nextCursor).toBeNull();
  });

  test("shows a ticket that gets attention while somebody pages on the next first page", async () => {
    await store(1, 4);
    const first = await read({ limit: 2 });
    const whole = ids(await read({ limit: 50 }));
    const last = whole.at(-1) ?? "";
    await EmailThread.updateOne({ _id: last }, { $set: needingLook(day(20)) });
    const next = await read({ limit: 50, cursor: first.nextCursor ?? undefined });
    expect(ids(next)).not.toContain(last);
    expect(ids(await read({ limit: 2 }))).toContain(last);
  });
});

describe("a filter", () => {
  test("applies to the tickets that need a look too", async () => {
    const open = await createThread({ ...mine, ...needingLook(day(1)) });
    const answered = await createThread({ ...mine, status: "in_progress", ...needingLook(day(2)) });
    const free = await createThread({ ...needingLook(day(3)) });
    await createThread({ ...mine, status: "resolved" });
    const all = { limit: 50 };
    expect(ids(await listMine({ ...all, status: "open" }, priya))).toEqual([open.id]);
    expect(ids(await listTickets({ ...all, status: "in_progress" }, priya))).toEqual([answered.id]);
    expect(ids(await listTickets({ ...all, assignee: "none" }, priya))).toEqual([free.id]);
    expect(ids(await listUnassigned(all))).toEqual([free.id]);
  });

  test.each(["waiting", "resolved"] as const)(
    "for %s tickets takes the cursor of any list",
    async (status) => {
      const { id } = await createThread({ ...mine, status });
      const cursor = `look-${day(1).getTime()}-${"0".repeat(24)}`;
      expect(ids(await listMine({ limit: 50, status, cursor }, priya))).toEqual([id]);
    },
  );
});

describe("the counters", () => {
  test("tell how many tickets need a look: of nobody, of the member, of all", async () => {
    await createThread(needingLook(day(1)));
    await createLegacyThread(needingLook(day(1)));
    await createThread({ ...mine, ...needingLook(day(2)) });
    await createThread({ assignedTo: "user_other", ...needingLook(day(3)) });
    await createThread({ ...mine, ...customerMail(day(4)) });
    expect(await countForAll()).toMatchObject({ unassignedNeedsLook: 2, allNeedsLook: 4 });
    expect(await countOwn(priya.id)).toEqual({ mine: 2, mineNeedsLook: 1 });
  });
});
