import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GET as live } from "@/app/api/health/live/route";
import { GET as ready } from "@/app/api/health/ready/route";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { IDENTITIES, setEnv } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";
import { send } from "@/tests/support/routes/route-shapes";
import { TEAM_ROUTES } from "@/tests/support/routes/route-table";

const originalUri = process.env.MONGODB_URI ?? "";

beforeAll(async () => {
  await disconnectDb();
  setEnv({ MONGODB_URI: "mongodb://canary-user:canary-password@127.0.0.1:1/desk?replicaSet=rs0" });
});

afterAll(async () => {
  await disconnectDb();
  await connectDb(originalUri);
});

describe.each(IDENTITIES)("while the database is away, with $how sessions", ({ use, headersOf }) => {
  beforeAll(use);

  test("every route answers a member 503 with a retry-after and no internals", async () => {
    const answers = await Promise.all(TEAM_ROUTES.map((key) => send(key, headersOf("priya"))));
    for (const { status, headers, body } of answers) {
      expect(status).toBe(503);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(body).toStrictEqual({
        error: "The desk's database can't be reached right now. Try again in a moment.",
        reason: "unavailable",
      });
    }
  });

  test("a caller without a session gets 401", async () => {
    const answers = await Promise.all(TEAM_ROUTES.map((key) => send(key, {})));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  });
});

test("the process answers within two seconds that it is live and not ready", async () => {
  const startedAt = performance.now();
  expect((await call(live, "/api/health/live")).status).toBe(200);
  expect(await call(ready, "/api/health/ready")).toMatchObject({
    status: 503,
    body: { reason: "unavailable" },
  });
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
