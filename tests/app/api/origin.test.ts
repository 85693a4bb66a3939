import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clerkIdentity, demoIdentity, IDENTITIES, setEnv } from "@/tests/support/routes/identities";
import { MISSING, rightStatuses, send } from "@/tests/support/routes/route-shapes";
import { READS, VERBS } from "@/tests/support/routes/route-table";
import { wholeTicket } from "@/tests/support/routes/whole-ticket";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const OWN_SITE: Record<string, string>[] = [
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

describe.each(IDENTITIES)("with $how sessions", ({ use, headersOf, team }) => {
  beforeAll(use);

  describe.each(VERBS)("%s", (key) => {
    test.each(OWN_SITE)("is carried out for %j", async (headers) => {
      const own = await wholeTicket(team.priya);
      const { status } = await send(key, { ...headersOf("priya"), ...headers }, own);
      expect(rightStatuses(key)).toContain(status);
    });

    test.each(FOREIGN)("is refused for %j, and does nothing", async (headers) => {
      const { id } = await createThread();
      const about = { ...MISSING, threadId: id };
      const answer = await send(key, { ...headersOf("priya"), ...headers }, about);
      expect(answer).toMatchObject({ status: 403, body: { reason: "cross_origin" } });
      expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
    });
  });

  test.each(READS)("%s allows no other origin to read it", async (key) => {
    const own = await wholeTicket(team.priya);
    const answer = await send(key, { ...headersOf("priya"), origin: "https://evil.example" }, own);
    expect(answer.status).toBe(200);
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
    ["https://localhost:3000", false],
    ["https://evil.example", true],
    ["null", true],
  ])("the request's host decides about %s", async (origin, isForeign) => {
    for (const key of VERBS) {
      const own = await wholeTicket(clerkIdentity.team.priya);
      const { status } = await send(key, { ...clerkIdentity.headersOf("priya"), origin }, own);
      expect(isForeign ? [403] : rightStatuses(key), key).toContain(status);
    }
  });
});

describe("in the demo", () => {
  beforeAll(demoIdentity.use);

  test("this machine may be called by its IP address, whatever APP_URL says", async () => {
    const names = { host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" };
    for (const key of VERBS) {
      const own = await wholeTicket(demoIdentity.team.priya);
      const { status } = await send(key, { ...demoIdentity.headersOf("priya"), ...names }, own);
      expect(rightStatuses(key), key).toContain(status);
    }
  });
});
