import mongoose from "mongoose";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { IdentityUnavailableError } from "@/lib/auth/identity";
import { EnvError } from "@/lib/env";
import { readBody } from "@/lib/http/body";
import { Refusal } from "@/lib/http/refusal";
import { withErrors, withRole } from "@/lib/http/route";
import { OutcomeUnknownError } from "@/lib/store/unknown-outcome";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";

const { MongoServerError, MongoNetworkError } = mongoose.mongo;

const failing = (error: unknown) =>
  withErrors(async () => {
    throw error;
  });

describe("withErrors", () => {
  test.each([
    ["an unexpected error", new Error("canary: secret of /srv/app")],
    ["a thrown string", "canary"],
    [
      "a database's refusal",
      new MongoServerError({ message: "canary", code: 11_000, keyValue: { _id: "canary" } }),
    ],
    ["an unusable environment", new EnvError(["canary is missing"])],
  ])("answers 500 to %s with a request id and nothing else", async (_, error) => {
    const { status, headers, body } = await call(failing(error), "/api/x");
    expect(status).toBe(500);
    expect(body).toStrictEqual({
      error: "Something went wrong on our side. Try again.",
      reason: "internal_error",
      requestId: headers.get("x-request-id"),
    });
  });

  test.each([
    ["an unknown outcome", new OutcomeUnknownError(new Error("canary"))],
    ["a broken connection", new MongoNetworkError("canary")],
    ["a query that the server stopped", new MongoServerError({ message: "canary", code: 50 })],
    ["Clerk away", new IdentityUnavailableError(new Error("canary"))],
  ])("answers 503 to %s with a retry-after", async (_, error) => {
    const { status, headers, body } = await call(failing(error), "/api/x");
    expect({ status, body }).toEqual({
      status: 503,
      body: { error: expect.any(String), reason: "unavailable" },
    });
    expect(JSON.stringify(body)).not.toContain("canary");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  });

  test("renders a refusal with the status of its reason, its facts and its headers", async () => {
    const refusal = new Refusal("too_many_requests", "Wait a little.", { limit: 10 }, { "retry-after": "7" });
    const { status, headers, body } = await call(failing(refusal), "/api/x");
    expect({ status, body }).toEqual({
      status: 429,
      body: { error: "Wait a little.", reason: "too_many_requests", limit: 10 },
    });
    expect(headers.get("retry-after")).toBe("7");
  });

  test("answers 400 to a request that its sender aborted", async () => {
    const gone = new AbortController();
    const body = new ReadableStream({
      pull(controller) {
        gone.abort();
        controller.error(new Error("aborted"));
      },
    });
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
      duplex: "half",
      signal: gone.signal,
    };
    const request = new Request("http://localhost:3000/api/x", init);
    const route = withErrors(async () => Response.json(await readBody(request, z.unknown())));
    expect((await route(request, { params: Promise.resolve({}) })).status).toBe(400);
  });
});

describe("withRole", () => {
  beforeAll(demoIdentity.use);
  const admins = withRole("admin", async (_request, { id }) => Response.json({ id }));

  test("lets an admin use a route for admins", async () => {
    const answer = await post(admins, "/api/x", {}, demoIdentity.headersOf("maya"));
    expect(answer).toMatchObject({ status: 200, body: { id: "user_demo_maya" } });
  });

  test("refuses a member, whatever the request claims", async () => {
    const claims: Record<string, string>[] = [
      {},
      { "x-role": "admin" },
      { "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy" },
    ];
    for (const extra of claims) {
      const answer = await post(
        admins,
        "/api/x",
        { role: "admin" },
        { ...demoIdentity.headersOf("priya"), ...extra },
      );
      expect(answer).toMatchObject({
        status: 403,
        body: { error: "Only an admin may do this.", reason: "forbidden" },
      });
    }
  });
});
