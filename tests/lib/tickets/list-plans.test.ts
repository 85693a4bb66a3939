import { beforeAll, describe, expect, test } from "vitest";
import { TICKET_STATUSES } from "@/lib/api/vocabulary";
import { claimTicket } from "@/lib/tickets/claim";
import { countTickets, listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { EmailThread } from "@/models/EmailThreadModel";
import { profiled, type Profiled } from "@/tests/support/database/profiled";
import { needingLook } from "@/tests/support/factories/attention";
import { createThread, member, teamOf } from "@/tests/support/factories/threads";

const THREADS = 6_000;
const team = teamOf(20);
const priya = member("Priya Nair");
const page = { limit: 50 };

beforeAll(async () => {
  const statuses = [...TICKET_STATUSES, undefined];
  await EmailThread.collection.insertMany(
    Array.from({ length: THREADS }, (_, index) => {
      const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
      const assignee = index % 3 === 0 ? null : (team[index % team.length]?.id ?? null);
      const status = statuses[index % statuses.length];
      return {
        subject: `Ticket ${index}`,
        from: "c@example.com",
        receivedAt: at,
        lastMessageAt: at,
        assignedTo: index % 50 === 1 ? priya.id : assignee,
        ...(status ? { status } : {}),
      };
    }),
  );
});

const reads = (work: () => Promise<unknown>) => profiled(EmailThread, work);

/** The two reads of a first page: of the tickets that need a look, and of the others. Mine has one more, of declined ones. */
function parts(all: Profiled[]) {
  const queries = all.filter(({ planSummary }) => !planSummary.includes("givenBackTo"));
  const isOfLooks = ({ planSummary }: Profiled) => planSummary.includes("needsLookAt");
  return { look: queries.find(isOfLooks), query: queries.find((query) => !isOfLooks(query)) };
}

/** The cursor after the first `depth` tickets in the order of `field`. */
async function cursorAt(
  depth: number,
  filter: object,
  field: "receivedAt" | "lastMessageAt",
  direction: 1 | -1,
) {
  const [thread] = await EmailThread.collection
    .find(filter)
    .sort({ [field]: direction, _id: direction })
    .skip(depth)
    .limit(1)
    .toArray();
  return `${thread?.[field].getTime()}-${thread?._id.toHexString()}`;
}

describe("a list of many tickets", () => {
  test.each([
    ["Unassigned", () => listUnassigned(page)],
    ["Unassigned, open only", () => listUnassigned({ ...page, status: "open" })],
    ["Mine", () => listMine(page, priya)],
    ["All", () => listTickets(page, priya)],
    ["All by status", () => listTickets({ ...page, status: "waiting" }, priya)],
    ["All by assignee", () => listTickets({ ...page, assignee: team[4]?.id }, priya)],
    ["All unassigned", () => listTickets({ ...page, assignee: "none" }, priya)],
  ])("%s reads at most twice what it shows, from its index", async (_name, list) => {
    const { look, query } = parts(await reads(list));
    if (look)
      expect(look).toMatchObject({ planSummary: expect.stringContaining("needsLookAt"), nreturned: 0 });
    expect(look?.keysExamined ?? 0).toBeLessThanOrEqual(2);
    expect(query).toMatchObject({ planSummary: expect.stringContaining("IXSCAN") });
    expect(query?.nreturned).toBeGreaterThan(20);
    expect(query?.docsExamined).toBeLessThanOrEqual((query?.nreturned ?? 0) * 2);
    expect(query?.keysExamined).toBeLessThanOrEqual((query?.nreturned ?? 0) * 2);
  });

  test.each([
    [
      "Unassigned",
      async () => {
        const waiting = { assignedTo: null, status: { $ne: "resolved" } };
        const cursor = await cursorAt(1_000, waiting, "receivedAt", 1);
        return () => listUnassigned({ ...page, cursor });
      },
    ],
    [
      "All",
      async () => {
        const cursor = await cursorAt(4_000, {}, "lastMessageAt", -1);
        return () => listTickets({ ...page, cursor }, priya);
      },
    ],
  ])("%s reads as few keys at depth as at the start, in one query", async (_name, deepPage) => {
    const [query, ...others] = await reads(await deepPage());
    expect(others).toEqual([]);
    expect(query?.nreturned).toBe(51);
    expect(query?.docsExamined).toBeLessThanOrEqual(102);
    expect(query?.keysExamined).toBeLessThanOrEqual(102);
  });

  test("the counters read indexes only, and stop at a thousand", async () => {
    const counts = await reads(() => countTickets(priya));
    expect(counts).toHaveLength(7);
    for (const count of counts) {
      expect(count.planSummary).toMatch(/IXSCAN|COUNT_SCAN/);
      expect(count.keysExamined).toBeLessThanOrEqual(1_010);
      expect(count.docsExamined).toBe(0);
    }
  });

  test("a claim reads one document, by its id", async () => {
    const thread = await createThread();
    const [claim] = await reads(() => claimTicket(thread.id, priya));
    expect(claim).toMatchObject({ docsExamined: 1, keysExamined: 1 });
  });
});

describe("a list with tickets that need a look", () => {
  const LOOKS = 240;
  const at = (index: number) => new Date(Date.UTC(2026, 5, 1) + index * 60_000);

  beforeAll(async () => {
    await EmailThread.collection.insertMany(
      Array.from({ length: LOOKS }, (_, index) => ({
        subject: `Came back ${index}`,
        from: "c@example.com",
        receivedAt: at(index),
        lastMessageAt: at(index),
        assignedTo: index % 2 === 0 ? null : priya.id,
        status: "open",
        ...needingLook(at(index)),
      })),
    );
  });

  test.each([
    ["Unassigned", (cursor?: string) => listUnassigned({ limit: 20, cursor })],
    ["Mine", (cursor?: string) => listMine({ limit: 20, cursor }, priya)],
    ["All", (cursor?: string) => listTickets({ limit: 20, cursor }, priya)],
    ["All by status", (cursor?: string) => listTickets({ limit: 20, cursor, status: "active" }, priya)],
  ])("%s reads them from their own index, at the start and after a page of them", async (_name, list) => {
    const { nextCursor } = await list();
    for (const cursor of [undefined, nextCursor ?? undefined]) {
      const { look } = parts(await reads(() => list(cursor)));
      expect(look?.nreturned).toBe(21);
      // Every second one is nobody's, so the index of all is as good as the one by assignee.
      expect(look?.docsExamined).toBeLessThanOrEqual(44);
      expect(look?.keysExamined).toBeLessThanOrEqual(46);
    }
  });

  test("the counters of them read no documents", async () => {
    const counts = await reads(() => countTickets(priya));
    expect(counts.filter(({ planSummary }) => planSummary.includes("needsLookAt"))).toHaveLength(4);
    for (const { docsExamined } of counts) expect(docsExamined).toBe(0);
  });
});
