import { beforeAll, describe, expect, test } from "vitest";
import { GET } from "@/app/api/emails/tickets/[threadId]/history/route";
import type { HistoryResponse } from "@/lib/api/contracts";
import { claimTicket } from "@/lib/tickets/claim";
import { eventStep } from "@/lib/tickets/events";
import { unclaimTicket } from "@/lib/tickets/unclaim";
import { EmailThread, type StoredHistoryLine } from "@/models/EmailThreadModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { createLegacyThread, createThread, member } from "@/tests/support/factories/threads";
import { demoIdentity, IDENTITIES } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

const HOUR_MS = 3_600_000;
const MEGABYTE = 1_000_000;
const soon = () => new Date(Date.now() + 60_000);
const priya = member("Priya Nair");

function line(revision: number, more: Partial<StoredHistoryLine> = {}): StoredHistoryLine {
  const at = new Date(Date.now() - HOUR_MS);
  return { op: `op-${revision}`, kind: "status_changed", at, revision, by: null, ...more };
}

const lines = (count: number, more: Partial<StoredHistoryLine> = {}) =>
  Array.from({ length: count }, (_, index) => line(index + 1, more));

async function read(id: string, cursor?: string | null): Promise<HistoryResponse> {
  const query = cursor ? `?cursor=${cursor}` : "";
  const { status, body } = await call(GET, `/api/emails/tickets/${id}/history${query}`, {
    headers: demoIdentity.headersOf("priya"),
    params: { threadId: id },
  });
  expect(status).toBe(200);
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(MEGABYTE);
  return body as HistoryResponse; // the contract of the route
}

/** The revisions on each page; `between` runs after every page. */
async function readAll(id: string, between = async () => {}): Promise<number[][]> {
  const pages: number[][] = [];
  let cursor: string | null | undefined;
  do {
    const page = await read(id, cursor);
    pages.push(page.lines.map(({ revision }) => revision));
    cursor = page.olderCursor;
    await between();
  } while (cursor !== null);
  return pages;
}

const downFrom = (revision: number) => Array.from({ length: revision }, (_, index) => revision - index);

describe.each(IDENTITIES)("GET /api/emails/tickets/ID/history with $how sessions", ({ use, headersOf }) => {
  beforeAll(use);

  const ask = (threadId: string, query = "") =>
    call(GET, `/api/emails/tickets/${threadId}/history${query}`, {
      headers: headersOf("tomas"),
      params: { threadId },
    });

  test("answers with the lines of the ticket, the newest first", async () => {
    const { id } = await createThread();
    await claimTicket(id, priya);
    await unclaimTicket(id, priya);
    expect(await ask(id)).toMatchObject({
      status: 200,
      body: {
        lines: [
          { kind: "unclaimed", by: { id: priya.id }, way: "web" },
          { kind: "claimed", by: { id: priya.id }, way: "web" },
        ],
        olderCursor: null,
      },
    });
  });

  test("answers 404 if there is no such ticket", async () => {
    expect(await ask("f".repeat(24))).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });

  test.each(["cursor=", "cursor=-1", "cursor=x", "cursor=1e3", `cursor=${"9".repeat(16)}`, "limit=10"])(
    "answers 400 to ?%s",
    async (query) => {
      const { id } = await createThread();
      expect(await ask(id, `?${query}`)).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
    },
  );

  test("answers 400 to an id that is none", async () => {
    expect((await ask("507f1f77")).status).toBe(400);
  });
});

describe("the pages of a ticket's history", () => {
  beforeAll(demoIdentity.use);

  test("have fifty lines, and each of 1,000 once, while the ticket changes and its lines are copied", async () => {
    const thread = await createThread({ history: lines(1_000), revision: 1_000, eventsDueAt: new Date(0) });
    const pages = await readAll(thread.id, async () => {
      await claimTicket(thread.id, priya);
      await unclaimTicket(thread.id, priya);
      await eventStep(soon());
    });
    expect(pages.map(({ length }) => length)).toEqual(Array<number>(20).fill(50));
    expect(pages.flat()).toEqual(downFrom(1_000));
    expect((await EmailThread.findById(thread._id).lean())?.history?.length).toBeLessThan(200);
  });

  test("have each line once for a reader who looks just when copied lines are cut from the ticket", async () => {
    const due = { history: lines(120), revision: 120, eventsDueAt: new Date(0) };
    const threads = await Promise.all(Array.from({ length: 8 }, () => createThread(due)));
    let isCopied = false;
    const readers = threads.map(async ({ id }) => {
      while (!isCopied) {
        const { lines } = await read(id, "71");
        expect(lines.map(({ revision }) => revision)).toEqual(downFrom(70).slice(0, 50));
      }
    });
    while ((await eventStep(soon())).worked);
    isCopied = true;
    await Promise.all(readers);
    for (const { _id } of threads) expect(await TicketEvent.countDocuments({ threadId: _id })).toBe(120);
  });

  test("take at most 1 MB, however long a line is", async () => {
    const long = { name: "N".repeat(20_000), id: "user_x", email: "x@team.example" };
    const thread = await createThread({ history: lines(120, { by: long, assignee: long }), revision: 120 });
    const pages = await readAll(thread.id);
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flat()).toEqual(downFrom(120));
  });

  test("are empty for a ticket older than the history, and there for one that was merged", async () => {
    const { id } = await createLegacyThread();
    expect(await read(id)).toEqual({ lines: [], olderCursor: null });
    const merged = await createThread({ history: lines(1), mergedInto: (await createThread())._id });
    expect((await read(merged.id)).lines).toHaveLength(1);
  });
});
