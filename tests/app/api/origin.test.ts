import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionToken } from "@/tests/support/clerk/clerk-tokens";
import { clerkIdentity, demoIdentity, IDENTITIES, setEnv } from "@/tests/support/routes/identities";
import { callerOf, MISSING, rightStatuses, send, SHAPES } from "@/tests/support/routes/route-shapes";
import { READS, VERBS } from "@/tests/support/routes/route-table";
import { wholeTicket } from "@/tests/support/routes/whole-ticket";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const OWN_SITE: Record<string, string>[] = [
  { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" },
  { origin: "http://localhost:3000" },
  { "sec-fetch-site": "same-origin" },
];
/** Takes out what the tests send by themselves. */
const NEITHER = { origin: undefined, "sec-fetch-site": undefined };
const FOREIGN: Record<string, string>[] = [
  { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  { origin: "https://evil.example" },
  { origin: "http://localhost:3001", "sec-fetch-site": "same-site" },
  { origin: "https://localhost:3000" },
  { origin: "http://localhost:3000.evil.example" },
  { origin: "null" },
  { origin: "null", "sec-fetch-site": "same-origin" },
  { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "none" },
  { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
];

describe.each(IDENTITIES)("with $how sessions", ({ use, headersOf, team }) => {
  beforeAll(use);

  describe.each(VERBS)("%s", (key) => {
    test.each(OWN_SITE)("is carried out for %j", async (headers) => {
      const own = await wholeTicket(team[callerOf(key)]);
      const { status } = await send(key, { ...headersOf(callerOf(key)), ...NEITHER, ...headers }, own);
      expect(rightStatuses(key)).toContain(status);
    });

    test.each(FOREIGN)("is refused for %j, and does nothing", async (headers) => {
      const { id } = await createThread();
      const about = { ...MISSING, threadId: id };
      const answer = await send(key, { ...headersOf("priya"), ...NEITHER, ...headers }, about);
      expect(answer).toMatchObject({ status: 403, body: { reason: "cross_origin" } });
      expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
    });
  });

  test.each(READS)("%s allows no other origin to read it", async (key) => {
    const own = await wholeTicket(team[callerOf(key)]);
    const answer = await send(key, { ...headersOf(callerOf(key)), origin: "https://evil.example" }, own);
    expect(answer.status).toBe(SHAPES[key].isNeverFound ? 404 : 200);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

/** The session of Priya in a cookie, as a browser sends it, and in a header that no page can make one send. */
const asCookie = () => {
  const { id, email, name } = clerkIdentity.team.priya;
  const token = sessionToken({ sub: id, email, name });
  return { cookie: `__session=${token}; __client_uat=${Math.floor(Date.now() / 1_000) - 60}` };
};

describe("without both headers", () => {
  beforeAll(clerkIdentity.use);

  test.each(VERBS)("%s is refused to a session in a cookie, and does nothing", async (key) => {
    const { id } = await createThread();
    const answer = await send(key, { ...asCookie(), ...NEITHER }, { ...MISSING, threadId: id });
    expect(answer).toMatchObject({ status: 403, body: { reason: "cross_origin" } });
    expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
  });

  test.each(VERBS)("%s is refused to a cookie beside other credentials", async (key) => {
    for (const authorization of ["", "Basic cHJpeWE6eA==", "Bearer"]) {
      const answer = await send(key, { ...asCookie(), ...NEITHER, authorization });
      expect(answer).toMatchObject({ status: 403, body: { reason: "cross_origin" } });
    }
  });

  test.each(VERBS)("%s is carried out for a program with a session token", async (key) => {
    const own = await wholeTicket(clerkIdentity.team[callerOf(key)]);
    const { status } = await send(key, { ...clerkIdentity.headersOf(callerOf(key)), ...NEITHER }, own);
    expect(rightStatuses(key)).toContain(status);
  });

  test("a request without a cookie is told to sign in", async () => {
    for (const key of VERBS) expect((await send(key, NEITHER)).status).toBe(401);
  });
});

describe("without APP_URL", () => {
  beforeAll(() => {
    clerkIdentity.use();
    setEnv({ APP_URL: undefined });
  });
  afterAll(() => setEnv({ APP_URL: "http://localhost:3000" }));

  test.each([
    ["https://localhost:3000", false],
    ["https://evil.example", true],
    ["null", true],
  ])("the request's host decides about %s", async (origin, isForeign) => {
    for (const key of VERBS) {
      const own = await wholeTicket(clerkIdentity.team[callerOf(key)]);
      const { status } = await send(key, { ...clerkIdentity.headersOf(callerOf(key)), origin }, own);
      expect(isForeign ? [403] : rightStatuses(key), key).toContain(status);
    }
  });
});

describe("in the demo", () => {
  beforeAll(demoIdentity.use);

  test("this machine may be called by its IP address, whatever APP_URL says", async () => {
    const names = { host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" };
    for (const key of VERBS) {
      const own = await wholeTicket(demoIdentity.team[callerOf(key)]);
      const { status } = await send(key, { ...demoIdentity.headersOf(callerOf(key)), ...names }, own);
      expect(rightStatuses(key), key).toContain(status);
    }
  });
});

test.each(VERBS)(
  "%s is refused to a demo's cookie without both headers, whatever stands beside it",
  async (key) => {
    demoIdentity.use();
    for (const authorization of [undefined, "Bearer x"]) {
      const answer = await send(key, { ...demoIdentity.headersOf("priya"), ...NEITHER, authorization });
      expect(answer).toMatchObject({ status: 403, body: { reason: "cross_origin" } });
    }
  },
);
