import mongoose from "mongoose";
import { beforeAll, describe, expect, test } from "vitest";
import { claimTicket } from "@/lib/tickets/claim";
import { countTickets, listMine, listTickets, listUnassigned } from "@/lib/tickets/list";
import { TICKET_STATUSES } from "@/lib/api/vocabulary";
import { EmailThread } from "@/models/EmailThreadModel";
import { createThread, member, teamOf } from "@/tests/support/factories/threads";

// What the server itself says it did, from its profiler: the calls are the product's own, not copies of their filters.
type Profiled = {
  op: string;
  planSummary: string;
  keysExamined: number;
  docsExamined: number;
  nreturned?: number;
};

const THREADS = 6_000;
const team = teamOf(20);
const priya = member("Priya Nair");
const page = { limit: 50 };

beforeAll(async () => {
  const statuses = [...TICKET_STATUSES, undefined];
  await EmailThread.collection.insertMany(
    Array.from({ length: THREADS }, (_, index) => {
      const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000);
      const holder = index % 3 === 0 ? null : (team[index % team.length]?.id ?? null);
      const status = statuses[index % statuses.length];
      return {
        subject: `Ticket ${index}`,
        from: "c@example.com",
        receivedAt: at,
        lastMessageAt: at,
        assignedTo: index % 50 === 1 ? priya.id : holder,
        ...(status ? { status } : {}),
      };
    }),
  );
});

async function profiled(work: () => Promise<unknown>): Promise<Profiled[]> {
  const db = mongoose.connection.db;
  if (!db) throw new Error("not connected");
  await db.command({ profile: 0 });
  await db.collection("system.profile").drop();
  await db.command({ profile: 2 });
  await work();
  await db.command({ profile: 0 });
  const ns = `${db.databaseName}.${EmailThread.collection.collectionName}`;
  const entries = await db.collection("system.profile").find({ ns }).toArray();
  return entries as unknown as Profiled[]; // the profiler's documented fields
}

describe("a list of many tickets", () => {
  test.each([
    ["Unassigned", () => listUnassigned(page)],
    ["Unassigned, open only", () => listUnassigned({ ...page, status: "open" })],
    ["Mine", () => listMine(page, priya)],
    ["All", () => listTickets(page, priya)],
    ["All by status", () => listTickets({ ...page, status: "waiting" }, priya)],
    ["All by owner", () => listTickets({ ...page, assignee: team[4]?.id }, priya)],
    ["All without an owner", () => listTickets({ ...page, assignee: "none" }, priya)],
  ])("%s reads from its index at most twice what it shows", async (_name, list) => {
    const [query] = await profiled(list);
    expect(query).toMatchObject({ planSummary: expect.stringContaining("IXSCAN") });
    expect(query?.nreturned).toBeGreaterThan(20);
    expect(query?.docsExamined).toBeLessThanOrEqual((query?.nreturned ?? 0) * 2);
    expect(query?.keysExamined).toBeLessThanOrEqual((query?.nreturned ?? 0) * 2);
  });

  test("the second page starts where the first ended, without reading the first again", async () => {
    const first = await listUnassigned(page);
    const [query] = await profiled(() => listUnassigned({ ...page, cursor: first.nextCursor ?? undefined }));
    expect(query?.docsExamined).toBeLessThanOrEqual((query?.nreturned ?? 0) * 2);
    expect(query?.keysExamined).toBeLessThanOrEqual((query?.nreturned ?? 0) * 2 + 10);
  });

  test("the counters read their indexes, and stop at the thousand", async () => {
    const counts = await profiled(() => countTickets(priya));
    expect(counts).toHaveLength(3);
    for (const count of counts) {
      expect(count.planSummary).toMatch(/IXSCAN|COUNT_SCAN/);
      expect(count.keysExamined).toBeLessThanOrEqual(1_010);
      expect(count.docsExamined).toBe(0);
    }
  });

  test("a claim finds its ticket by id and reads that one", async () => {
    const thread = await createThread();
    const [claim] = await profiled(() => claimTicket(thread.id, priya));
    expect(claim).toMatchObject({ docsExamined: 1, keysExamined: 1 });
  });
});
