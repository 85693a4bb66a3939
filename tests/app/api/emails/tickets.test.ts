import { beforeAll, describe, expect, test } from "vitest";
import { GET as counts } from "@/app/api/emails/tickets/counts/route";
import { GET as mine } from "@/app/api/emails/tickets/mine/route";
import { GET as tickets } from "@/app/api/emails/tickets/route";
import { GET as unassigned } from "@/app/api/emails/tickets/unassigned/route";
import { EmailThread } from "@/models/EmailThreadModel";
import { everyPage } from "@/tests/support/checks/every-page";
import { createLegacyThread, createThread } from "@/tests/support/factories/threads";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, type Answer } from "@/tests/support/routes/requests";

const at = (minute: number) => new Date(Date.UTC(2026, 1, 1, 12, minute));
const LISTS = [
  { path: "/api/emails/tickets", handler: tickets },
  { path: "/api/emails/tickets/mine", handler: mine },
  { path: "/api/emails/tickets/unassigned", handler: unassigned },
];

const BAD_QUERIES = [
  "status=closed",
  "status=",
  "status=open&status=resolved",
  "status[$ne]=open",
  "limit=0",
  "limit=101",
  "limit=1.5",
  "limit=ten",
  "cursor=x",
  "cursor=1-zzz",
  "cursor=look-x",
  `cursor=look--${"a".repeat(24)}`,
  `cursor=Look-1-${"a".repeat(24)}`,
  "page=2",
  "__proto__=x",
  "skip=10",
];

function idsOf({ body }: Answer): unknown[] {
  // The list routes answer with tickets.
  return ((body?.tickets ?? []) as { _id: string }[]).map(({ _id }) => _id);
}

describe.each(IDENTITIES)("ticket lists with $how sessions", ({ use, team, headersOf }) => {
  const claimed = (name: "priya" | "tomas", minute: number, fields = {}) =>
    createThread({
      receivedAt: at(minute),
      lastMessageAt: at(minute),
      assignedTo: team[name].id,
      assignedToEmail: team[name].email,
      assignedToName: team[name].name,
      claimedAt: at(minute + 1),
      ...fields,
    });
  const unclaimed = (minute: number, fields = {}) =>
    createThread({ receivedAt: at(minute), lastMessageAt: at(minute), ...fields });
  const read = (handler: typeof mine, path: string, name: "priya" | "tomas" | "maya" = "priya") =>
    call(handler, path, { headers: headersOf(name) });

  let ids: Record<
    "old" | "legacy" | "recent" | "resolved" | "priyaOpen" | "priyaResolved" | "tomasOpen",
    string
  >;

  beforeAll(async () => {
    use();
    await EmailThread.deleteMany({});
    ids = {
      recent: (await unclaimed(30)).id,
      old: (await unclaimed(10)).id,
      legacy: (await createLegacyThread({ receivedAt: at(20) })).id,
      resolved: (await unclaimed(5, { status: "resolved" })).id,
      priyaOpen: (await claimed("priya", 40, { status: "in_progress" })).id,
      priyaResolved: (await claimed("priya", 50, { status: "resolved" })).id,
      tomasOpen: (await claimed("tomas", 60)).id,
    };
  });

  test("Unassigned is oldest first, with legacy threads and without resolved tickets", async () => {
    const answer = await read(unassigned, "/api/emails/tickets/unassigned");
    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual([ids.old, ids.legacy, ids.recent]);
    expect(answer.body).toMatchObject({
      nextCursor: null,
      tickets: { 1: { assignedTo: null, status: "open" } },
    });
  });

  test("Unassigned shows resolved tickets if they are asked for", async () => {
    expect(idsOf(await read(unassigned, "/api/emails/tickets/unassigned?status=resolved"))).toEqual([
      ids.resolved,
    ]);
  });

  test("Mine shows the member's own tickets only", async () => {
    const answer = await read(mine, "/api/emails/tickets/mine");
    expect(idsOf(answer)).toEqual([ids.priyaResolved, ids.priyaOpen]);
    expect(answer.body).toMatchObject({
      tickets: [
        { status: "resolved" },
        {
          _id: ids.priyaOpen,
          from: expect.stringContaining("@"),
          subject: expect.any(String),
          status: "in_progress",
          assignedToEmail: team.priya.email,
          claimedAt: at(41).toISOString(),
          receivedAt: at(40).toISOString(),
        },
      ],
    });
    expect(idsOf(await read(mine, "/api/emails/tickets/mine", "tomas"))).toEqual([ids.tomasOpen]);
    expect(idsOf(await read(mine, "/api/emails/tickets/mine", "maya"))).toEqual([]);
  });

  test("Mine is filtered by status", async () => {
    expect(idsOf(await read(mine, "/api/emails/tickets/mine?status=in_progress"))).toEqual([ids.priyaOpen]);
    expect(idsOf(await read(mine, "/api/emails/tickets/mine?status=active"))).toEqual([ids.priyaOpen]);
  });

  test("All shows everybody's tickets, the newest message first", async () => {
    expect(idsOf(await read(tickets, "/api/emails/tickets")).slice(0, 3)).toEqual([
      ids.tomasOpen,
      ids.priyaResolved,
      ids.priyaOpen,
    ]);
    expect(idsOf(await read(tickets, "/api/emails/tickets"))).toHaveLength(7);
  });

  test.each([
    ["assignee=none&status=active", ["old", "legacy", "recent"]],
    ["assignee=me", ["priyaOpen", "priyaResolved"]],
    ["assignee=me&status=resolved", ["priyaResolved"]],
    ["status=resolved", ["resolved", "priyaResolved"]],
    ["assignee=user_nobody", []],
  ] as const)("All is filtered by %s", async (query, names) => {
    const answer = await read(tickets, `/api/emails/tickets?${query}`);
    expect(new Set(idsOf(answer))).toEqual(new Set(names.map((name) => ids[name])));
  });

  test("All is filtered by a member's id", async () => {
    expect(idsOf(await read(tickets, `/api/emails/tickets?assignee=${team.tomas.id}`))).toEqual([
      ids.tomasOpen,
    ]);
  });

  test.each(LISTS)("GET $path gives every ticket once, page by page", async ({ path, handler }) => {
    const whole = idsOf(await read(handler, path));
    const paged = await everyPage(async (cursor = "") => {
      const page = await read(handler, `${path}?limit=1${cursor && `&cursor=${cursor}`}`);
      return { items: idsOf(page), nextCursor: page.body?.nextCursor as string | null };
    });
    expect(whole.length).toBeGreaterThan(1);
    expect(paged).toEqual(whole);
  });

  test("lists contain neither message texts nor history", async () => {
    const { body } = await read(tickets, "/api/emails/tickets");
    expect(JSON.stringify(body)).not.toMatch(/"(text|html|history|messages|to|inbox)":/);
  });

  test("counts unassigned, own and all tickets that are not resolved", async () => {
    expect((await read(counts, "/api/emails/tickets/counts")).body).toStrictEqual({
      unassigned: 3,
      mine: 1,
      all: 5,
      unassignedNeedsLook: 0,
      mineNeedsLook: 0,
      allNeedsLook: 0,
    });
    expect((await read(counts, "/api/emails/tickets/counts", "maya")).body).toMatchObject({ mine: 0 });
  });

  test.each(LISTS.flatMap(({ path, handler }) => BAD_QUERIES.map((query) => ({ path, handler, query }))))(
    "GET $path answers 400 to ?$query",
    async ({ path, handler, query }) => {
      expect(await read(handler, `${path}?${query}`)).toMatchObject({
        status: 400,
        body: { error: expect.any(String), reason: "invalid_request", issues: expect.any(Array) },
      });
    },
  );

  test.each(["?x=1", "?assignee=me"])("counts answers 400 to %s", async (query) => {
    expect((await read(counts, `/api/emails/tickets/counts${query}`)).status).toBe(400);
  });

  test.each(["assignee=", "assignee=%24ne", "assignee[$ne]=x", "assignee=a%00b"])(
    "All answers 400 to ?%s",
    async (query) => {
      expect((await read(tickets, `/api/emails/tickets?${query}`)).status).toBe(400);
    },
  );
});
