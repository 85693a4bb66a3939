import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clerkIdentity, demoIdentity, IDENTITIES, setEnv } from "@/tests/support/routes/identities";
import { ask, GUARDED_VERBS, READS, VERBS } from "@/tests/support/routes/team-routes";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const OURS: Record<string, string>[] = [
  { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" },
  { origin: "http://localhost:3000" },
  { "sec-fetch-site": "same-origin" },
  {}, // not a browser
];
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

describe.each(IDENTITIES)("with $how sessions", ({ use, headersOf }) => {
  beforeAll(use);

  describe.each(VERBS)("POST $name", (route) => {
    test.each(OURS)("is carried out for %j", async (headers) => {
      const { id } = await createThread();
      expect((await ask(route, id, { ...headersOf("priya"), ...headers })).status).toBe(200);
    });
  });

  describe.each(GUARDED_VERBS)("POST $name", (route) => {
    test.each(FOREIGN)("is refused for %j, and does nothing", async (headers) => {
      const { id } = await createThread();
      const answer = await ask(route, id, { ...headersOf("priya"), ...headers });
      expect(answer).toMatchObject({ status: 403, body: { reason: "cross_origin" } });
      expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
    });
  });

  test.each(READS)("GET $name allows no other origin to read it", async (route) => {
    const { id } = await createThread();
    const answer = await ask(route, id, { ...headersOf("priya"), origin: "https://evil.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("without APP_URL", () => {
  beforeAll(() => {
    clerkIdentity.use();
    setEnv({ APP_URL: undefined });
  });
  afterAll(() => setEnv({ APP_URL: "http://localhost:3000" }));

  test.each([
    ["https://localhost:3000", 200],
    ["https://evil.example", 403],
    ["null", 403],
  ])("the request's host decides about %s", async (origin, status) => {
    const { id } = await createThread();
    for (const route of VERBS) {
      expect((await ask(route, id, { ...clerkIdentity.headersOf("priya"), origin })).status).toBe(status);
    }
  });
});

describe("in the demo", () => {
  beforeAll(demoIdentity.use);

  test("this machine may be called by its IP address, whatever APP_URL says", async () => {
    const { id } = await createThread();
    const names = { host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" };
    for (const route of VERBS) {
      expect((await ask(route, id, { ...demoIdentity.headersOf("priya"), ...names })).status).toBe(200);
    }
  });
});
