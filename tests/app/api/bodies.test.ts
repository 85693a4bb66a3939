import { beforeAll, describe, expect, test } from "vitest";
import { JSON_BODY_MAX_BYTES } from "@/lib/http/body";
import { demoIdentity } from "@/tests/support/routes/identities";
import { FROM_OWN_PAGE } from "@/tests/support/routes/peer";
import { call } from "@/tests/support/routes/requests";
import { WITH_THREAD_IN_BODY, MISSING, rightStatuses } from "@/tests/support/routes/route-shapes";
import { handlerOf } from "@/tests/support/routes/route-table";
import { wholeTicket } from "@/tests/support/routes/whole-ticket";
import { createThread, storedThread } from "@/tests/support/factories/threads";

const headers = () => demoIdentity.headersOf("priya");

/** Values that are not an id of a thread, some of which a database would take for an operator. */
const WRONG_THREAD_IDS: unknown[] = [
  null,
  true,
  0,
  "",
  "x",
  "507f1f77bcf86cd79943901",
  "507f1f77bcf86cd7994390111",
  "507f1f77bcf86cd79943901g",
  " 507f1f77bcf86cd799439011",
  "507f1f77bcf86cd799439011\n",
  "507f1f77bcf86cd799439011\0",
  { $ne: null },
  { $gt: "" },
  { $regex: ".*" },
  { $where: "1" },
  ["507f1f77bcf86cd799439011"],
  { toString: "507f1f77bcf86cd799439011" },
];

describe.each(WITH_THREAD_IN_BODY)("$key", ({ key, body }) => {
  beforeAll(demoIdentity.use);
  const [method = "", path = ""] = key.split(" ");
  const handler = handlerOf(key);
  const bodyFor = (threadId: string) => body({ ...MISSING, threadId });

  const send = (content: unknown, extra: Record<string, string> = {}) =>
    call(handler, path, { method, body: content, headers: { ...headers(), ...extra } });

  test.each(WRONG_THREAD_IDS)("answers 400 by path to %j as threadId", async (threadId) => {
    expect(await send({ ...bodyFor("x"), threadId })).toMatchObject({
      status: 400,
      body: { error: expect.any(String), reason: "invalid_request", issues: [{ path: "threadId" }] },
    });
  });

  test.each([
    ["a missing threadId", "{}"],
    ["a list", "[]"],
    ["null", "null"],
    ["a string", '"507f1f77bcf86cd799439011"'],
    ["no JSON", "{threadId: 1}"],
    ["half a document", '{"threadId": "507f1f77bcf8'],
    ["an empty body", " "],
    ["a form", "threadId=507f1f77bcf86cd799439011"],
  ])("answers 400 to %s", async (_, content) => {
    expect(await send(content)).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
  });

  test("answers 400 to bytes that are not text", async () => {
    const answer = await handler(
      new Request(`http://localhost:3000${path}`, {
        method,
        headers: { ...FROM_OWN_PAGE, ...headers(), "content-type": "application/json" },
        body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      }),
      { params: Promise.resolve({}) },
    );
    expect(answer.status).toBe(400);
  });

  test.each<Record<string, unknown>>([
    { assignedToName: "Maya Lindqvist" },
    { status2: "open" },
    { $set: { status: "resolved" } },
    { constructor: { prototype: {} } },
  ])("answers 400 to the unknown key in %j, and changes nothing", async (extra) => {
    const { id } = await createThread();
    expect((await send({ ...bodyFor(id), ...extra })).status).toBe(400);
    expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
  });

  test("answers 400 to __proto__ as a key", async () => {
    const { id } = await createThread();
    const content = JSON.stringify(bodyFor(id)).replace("{", '{"__proto__": {"role": "admin"}, ');
    expect((await send(content)).status).toBe(400);
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/jsonp",
    "text/json",
    "",
  ])("answers 415 to JSON sent as %j, as a form on another site could", async (type) => {
    const { id } = await createThread();
    const answer = await send(JSON.stringify(bodyFor(id)), { "content-type": type });
    expect(answer).toMatchObject({ status: 415, body: { reason: "unsupported_media_type" } });
    expect(await storedThread(id)).toMatchObject({ assignedTo: null, revision: 1 });
  });

  test("takes application/json with a charset", async () => {
    const own = await wholeTicket(demoIdentity.team.priya);
    const type = { "content-type": "Application/JSON; charset=utf-8" };
    expect(rightStatuses(key)).toContain((await send(JSON.stringify(body(own)), type)).status);
  });

  test("answers 413 to a body over the limit", async () => {
    const answer = await send({ threadId: "x".repeat(JSON_BODY_MAX_BYTES) });
    expect(answer).toMatchObject({ status: 413, body: { reason: "too_large" } });
  });

  test("answers 413 as soon as a body of unknown length passes the limit", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      headers: { ...FROM_OWN_PAGE, ...headers(), "content-type": "application/json" },
      body: endless,
      duplex: "half",
    };
    const request = new Request(`http://localhost:3000${path}`, init);
    expect((await handler(request, { params: Promise.resolve({}) })).status).toBe(413);
    expect(sent).toBeLessThan(2 * JSON_BODY_MAX_BYTES);
  });
});
