import { beforeAll, describe, expect, test } from "vitest";
import type { RouteHandler } from "@/lib/http/route";
import { demoIdentity, setEnv } from "@/tests/support/routes/identities";
import { fromPeer } from "@/tests/support/routes/peer";
import { call, type Answer } from "@/tests/support/routes/requests";
import { ROUTE_FILES } from "@/tests/support/routes/route-table";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Every address below /api that has no route. */
const REST = "/api/[...path]";

describe.each(ROUTE_FILES.filter(({ path }) => path !== REST))("$path", ({ path, exported }) => {
  beforeAll(demoIdentity.use);

  function ask(method: string): Promise<Answer> {
    const handler = exported[method];
    if (typeof handler !== "function") throw new Error(`${method} is not exported`);
    const asHandler: RouteHandler = (request, context) => handler(request, context);
    return call(asHandler, path, { method });
  }

  test("lists its methods in answer to OPTIONS, and offers no other site anything", async () => {
    const { status, headers } = await ask("OPTIONS");
    expect(status).toBe(204);
    expect(headers.get("allow")).toMatch(/^(GET|POST)/);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("answers every other method 405 with Allow and the body of a refusal", async () => {
    const allow = (await ask("OPTIONS")).headers.get("allow") ?? "";
    for (const method of METHODS.filter((name) => !allow.split(", ").includes(name))) {
      const answer = await ask(method);
      expect(answer).toMatchObject({
        status: 405,
        body: { error: expect.any(String), reason: "method_not_allowed" },
      });
      expect(answer.headers.get("allow")).toBe(allow);
    }
  });

  test("exports methods alone, as Next demands", () => {
    expect(METHODS).toEqual(expect.arrayContaining(Object.keys(exported)));
  });
});

describe(REST, () => {
  const rest = ROUTE_FILES.find(({ path }) => path === REST)?.exported ?? {};
  const ask = (method: string, address: string) =>
    call(rest[method] as RouteHandler, "/api/none", { method, headers: fromPeer(address) });

  test.each(METHODS)("answers %s with the 404 of a refusal", async (method) => {
    const answer = await ask(method, "192.0.2.40");
    expect(answer).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });

  test("counts the sender", async () => {
    setEnv({ RATE_LIMIT_FACTOR: "0.005" }); // three in a minute instead of 600
    try {
      const statuses = [];
      for (let turn = 0; turn < 4; turn += 1) statuses.push((await ask("POST", "192.0.2.41")).status);
      expect(statuses).toEqual([404, 404, 404, 429]);
    } finally {
      setEnv({ RATE_LIMIT_FACTOR: "1000" });
    }
  });
});
