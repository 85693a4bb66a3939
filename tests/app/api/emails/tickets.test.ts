import { beforeAll, describe, expect, test } from "vitest";
import { GET as counts } from "@/app/api/emails/tickets/counts/route";
import { GET as mine } from "@/app/api/emails/tickets/mine/route";
import { GET as tickets } from "@/app/api/emails/tickets/route";
import { GET as unassigned } from "@/app/api/emails/tickets/unassigned/route";
import { EmailThread } from "@/models/EmailThreadModel";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { call, type Answer } from "@/tests/support/routes/requests";
import { createLegacyThread, createThread } from "@/tests/support/factories/threads";

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
  "page=2",
  "__proto__=x",
  "skip=10",
];

function idsOf({ body }: Answer): unknown[] {
  // Sound because these are answers of the list routes, which hold tickets.
  return ((body?.tickets ?? []) as { _id: string }[]).map(({ _id }) => _id);
}

describe.each(IDENTITIES)("ticket lists with $how sessions", ({ use, team, headersOf }) => {
  const held = (name: "priya" | "tomas", minute: number, fields = {}) =>
    createThread({
      receivedAt: at(minute),
      lastMessageAt: at(minute),
      assignedTo: team[name].id,
      assignedToEmail: team[name].email,
      assignedToName: team[name].name,
      claimedAt: at(minute + 1),
      ...fields,
    });
  const free = (minute: number, fields = {}) =>
    createThread({ receivedAt: at(minute), lastMessageAt: at(minute), ...fields });
  const read = (handler: typeof mine, path: string, name: "priya" | "tomas" | "maya" = "priya") =>
    call(handler, path, { headers: headersOf(name) });

  let ids: Record<"old" | "legacy" | "young" | "solved" | "priyas" | "priyasDone" | "tomass", string>;

  beforeAll(async () => {
    use();
    await EmailThread.deleteMany({});
    ids = {
      young: (await free(30)).id,
      old: (await free(10)).id,
      legacy: (await createLegacyThread({ receivedAt: at(20) })).id,
      solved: (await free(5, { status: "resolved" })).id,
      priyas: (await held("priya", 40, { status: "in_progress" })).id,
      priyasDone: (await held("priya", 50, { status: "resolved" })).id,
      tomass: (await held("tomas", 60)).id,
    };
  });

  test("Unassigned is oldest first, with threads of before, without resolved ones", async () => {
    const answer = await read(unassigned, "/api/emails/tickets/unassigned");
    expect(answer.status).toBe(200);
    expect(idsOf(answer)).toEqual([ids.old, ids.legacy, ids.young]);
    expect(answer.body).toMatchObject({
      nextCursor: null,
      tickets: { 1: { assignedTo: null, status: "open" } },
    });
  });

  test("Unassigned has resolved ones where they are asked for", async () => {
    expect(idsOf(await read(unassigned, "/api/emails/tickets/unassigned?status=resolved"))).toEqual([
      ids.solved,
    ]);
  });

  test("Mine is the asker's tickets alone", async () => {
    const answer = await read(mine, "/api/emails/tickets/mine");
    expect(idsOf(answer)).toEqual([ids.priyasDone, ids.priyas]);
    expect(answer.body).toMatchObject({
      tickets: [
        { status: "resolved" },
        {
          _id: ids.priyas,
          from: expect.stringContaining("@"),
          subject: expect.any(String),
          status: "in_progress",
          assignedToEmail: team.priya.email,
          claimedAt: at(41).toISOString(),
          receivedAt: at(40).toISOString(),
        },
      ],
    });
    expect(idsOf(await read(mine, "/api/emails/tickets/mine", "tomas"))).toEqual([ids.tomass]);
    expect(idsOf(await read(mine, "/api/emails/tickets/mine", "maya"))).toEqual([]);
  });

  test("Mine is narrowed by status", async () => {
    expect(idsOf(await read(mine, "/api/emails/tickets/mine?status=in_progress"))).toEqual([ids.priyas]);
    expect(idsOf(await read(mine, "/api/emails/tickets/mine?status=active"))).toEqual([ids.priyas]);
  });

  test("All is everybody's, the last written to first", async () => {
    expect(idsOf(await read(tickets, "/api/emails/tickets")).slice(0, 3)).toEqual([
      ids.tomass,
      ids.priyasDone,
      ids.priyas,
    ]);
    expect(idsOf(await read(tickets, "/api/emails/tickets"))).toHaveLength(7);
  });

  test.each([
    ["assignee=none&status=active", ["old", "legacy", "young"]],
    ["assignee=me", ["priyas", "priyasDone"]],
    ["assignee=me&status=resolved", ["priyasDone"]],
    ["status=resolved", ["solved", "priyasDone"]],
    ["assignee=user_nobody", []],
  ] as const)("All is narrowed by %s", async (query, names) => {
    const answer = await read(tickets, `/api/emails/tickets?${query}`);
    expect(new Set(idsOf(answer))).toEqual(new Set(names.map((name) => ids[name])));
  });

  test("All is narrowed to one member by id", async () => {
    expect(idsOf(await read(tickets, `/api/emails/tickets?assignee=${team.tomas.id}`))).toEqual([ids.tomass]);
  });

  test.each(LISTS)("GET $path gives every ticket once, page by page", async ({ path, handler }) => {
    const whole = idsOf(await read(handler, path));
    const seen: unknown[] = [];
    for (let cursor = ""; ;) {
      const page = await read(handler, `${path}?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      if (page.body?.nextCursor === null) break;
      cursor = String(page.body?.nextCursor);
    }
    expect(seen).toEqual(whole);
  });

  test("rows hold neither bodies nor history", async () => {
    const { body } = await read(tickets, "/api/emails/tickets");
    expect(JSON.stringify(body)).not.toMatch(/"(text|html|history|messages|to|inbox)":/);
  });

  test("counts what waits, what the asker holds and what there is, resolved left out", async () => {
    expect((await read(counts, "/api/emails/tickets/counts")).body).toStrictEqual({
      unassigned: 3,
      mine: 1,
      all: 5,
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
