import { beforeAll, describe, expect, test } from "vitest";
import type { RouteHandler } from "@/lib/http/route";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

// Every route there is, found by itself, so that a new one cannot be forgotten.
const routes = import.meta.glob<Record<string, unknown>>("/app/api/**/route.ts", { eager: true });
const ROUTES = Object.entries(routes).map(([file, exported]) => ({
  path: file.replace(/^\/app|\/route\.ts$/g, ""),
  exported,
}));

/** The exported handler of a method; throws where the route has none. */
function handlerOf(exported: Record<string, unknown>, method: string): RouteHandler {
  const handler = exported[method];
  if (typeof handler !== "function") throw new Error(`${method} is not exported`);
  return (request, context) => handler(request, context);
}

describe.each(ROUTES)("$path", ({ path, exported }) => {
  beforeAll(demoIdentity.use);

  async function allowed(): Promise<string[]> {
    const { status, headers } = await call(handlerOf(exported, "OPTIONS"), path, { method: "OPTIONS" });
    expect(status).toBe(204);
    return headers.get("allow")?.split(", ") ?? [];
  }

  test("says what it answers to OPTIONS, and offers no other site anything", async () => {
    const { headers } = await call(handlerOf(exported, "OPTIONS"), path, { method: "OPTIONS" });
    expect(await allowed()).not.toEqual([]);
    expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("answers every other method 405 with Allow and the body of a refusal", async () => {
    const has = await allowed();
    for (const method of METHODS.filter((name) => !has.includes(name))) {
      const answer = await call(handlerOf(exported, method), path, { method });
      expect(answer).toMatchObject({
        status: 405,
        body: { error: expect.any(String), reason: "method_not_allowed" },
      });
      expect(answer.headers.get("allow")).toBe(has.join(", "));
    }
  });

  test("exports methods alone, as Next demands", () => {
    expect(METHODS).toEqual(expect.arrayContaining(Object.keys(exported)));
  });
});
