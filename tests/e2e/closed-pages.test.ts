import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { PAGES as ALL_PAGES } from "@/lib/auth/access";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

const { url } = inject("app");
const SUBJECT = "Nobody else may read this line";
const MARKS = [SUBJECT, "Priya", "assignedTo", "desk@"];

let desk: Desk;
let ticket = "";

beforeAll(async () => {
  desk = await Desk.open();
});

afterAll(() => desk.close());

type Raw = { status: number; headers: Record<string, unknown>; body: string };

/** Sends the path as it is written: fetch would tidy dots and slashes away first. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Raw> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on("error", reject).end();
  });
}

/** Every page that is not for everybody, so that a new one cannot be left out. */
const PAGES = () =>
  Object.entries(ALL_PAGES).flatMap(([path, who]) =>
    who === "public" ? [] : [path.replace("[threadId]", ticket)],
  );
const ROUTES = () => ["/api/emails/tickets", `/api/emails/tickets/${ticket}`, "/api/team"];

/** Headers that have opened a door in Next or Clerk once, or that name our own. */
const TRICKS: Record<string, string>[] = [
  {},
  { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
  { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
  { "x-middleware-subrequest": "src/middleware:src/middleware:src/middleware:src/middleware" },
  { "x-middleware-rewrite": "/dashboard/tickets", "x-middleware-next": "1" },
  { "x-middleware-override-headers": "cookie", "x-middleware-request-cookie": "claimdesk_demo=x" },
  { rsc: "1" },
  { rsc: "1", "next-router-prefetch": "1" },
  { rsc: "1", "next-router-segment-prefetch": "/_tree" },
  { rsc: "1", "next-router-state-tree": "%5B%22%22%2C%7B%7D%2Cnull%2C%22refetch%22%5D" },
  { "x-nextjs-data": "1" },
  { "next-action": "0".repeat(40) },
  { "x-invoke-path": "/dashboard/tickets", "x-invoke-status": "200" },
  { "x-matched-path": "/dashboard/tickets", "x-now-route-matches": "1=x" },
  { "x-forwarded-host": "localhost", "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1" },
  { "x-clerk-auth-status": "signed-in", "x-clerk-auth-token": "a.b.c" },
  { "x-desk-path": "/dashboard/tickets", "x-nonce": "n" },
  { authorization: "Bearer x", cookie: "__session=x; __client_uat=1" },
  { cookie: "claimdesk_demo=user_demo_maya.99999999999.AAAA; __prerender_bypass=1" },
];

/** Other ways of writing a path. */
const SPELLINGS: ((path: string) => string)[] = [
  (path) => path,
  (path) => `/${path}`,
  (path) => path.replaceAll("/", "//"),
  (path) => `/./x/..${path}`,
  (path) => `/sign-in/..${path}`,
  (path) => `/sign-in/%2e%2e${path}`,
  (path) => path.replace("a", "%61"),
  (path) => path.replaceAll("/", "%2f").replace("%2f", "/"),
  (path) => path.toUpperCase(),
  (path) => `${path}/`,
  (path) => `${path}.rsc`,
  (path) => `${path}.segments/_tree.segment.rsc`,
  (path) => `${path};x=/sign-in`,
  (path) => `${path}?nxtPthreadId=${ticket}&nextInternalLocale=en&_rsc=1`,
  (path) => `/_next/data/x${path}.json`,
  (path) => `/_next/..${path}`,
  (path) => `/icon.svg/..${path}`,
  (path) => `\\${path}`,
  (path) => `${path}%00`,
];

describe("without a session", () => {
  test("no header and no way of writing a path opens a page or a route", async () => {
    ticket = await desk.receive({ subject: SUBJECT });
    const open: unknown[] = [];
    for (const path of [...PAGES(), ...ROUTES()]) {
      const asked = [
        ...TRICKS.map((headers) => [path, headers] as const),
        ...SPELLINGS.flatMap((spell) => [[spell(path), {}] as const, [spell(path), { rsc: "1" }] as const]),
      ];
      for (const [written, headers] of asked) {
        const { status, body } = await ask(written, headers);
        const isTold = MARKS.some((mark) => body.includes(mark)) && !body.includes("Who’s at the desk?");
        if (isTold || status >= 500) open.push({ written, headers, status });
      }
    }
    expect(open).toEqual([]);
  });

  test("a page sends its visitor to sign in and back, and says nothing else", async () => {
    for (const path of PAGES()) {
      const { status, headers, body } = await ask(path);
      expect(status, path).toBe(307);
      expect(headers.location).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
      expect(body).not.toContain(SUBJECT);
    }
  });

  test("the same questions with a session are answered, so that the refusals mean something", async () => {
    const cookie = await demoCookie("user_demo_priya");
    expect((await ask(`/dashboard/tickets/${ticket}`, { cookie })).body).toContain(SUBJECT);
    expect((await ask(`/dashboard/tickets/${ticket}`, { cookie, rsc: "1" })).status).toBeLessThan(400);
    expect((await ask(`/api/emails/tickets/${ticket}`, { cookie })).body).toContain(SUBJECT);
  });
});
