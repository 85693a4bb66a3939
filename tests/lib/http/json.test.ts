import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compressed, json } from "@/lib/http/json";

const LIST = {
  tickets: Array.from({ length: 50 }, (_, at) => ({ subject: `Ticket ${at}`, status: "open" })),
};
const asked = (accepted: string | null, method = "GET") =>
  new Request("http://localhost/", {
    method,
    headers: accepted === null ? {} : { "accept-encoding": accepted },
  });

/** Set by scripts/serve.mjs. */
const server = Symbol.for("claimdesk.names-encoding");
beforeEach(() => void Reflect.set(globalThis, server, true));
afterEach(() => void Reflect.deleteProperty(globalThis, server));

describe("compressed", () => {
  test("sends a list in one piece of known length to a client that takes gzip", async () => {
    const answer = compressed(json(LIST), asked("br, gzip"));
    const body = Buffer.from(await answer.arrayBuffer());
    expect(JSON.parse(gunzipSync(body).toString())).toEqual(LIST);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-desk-encoding": "gzip",
      "content-type": "application/json",
      "cache-control": "private, no-store",
      vary: "accept-encoding",
      "x-desk-length": String(body.length),
    });
  });

  test.each([
    ["a client that says nothing of gzip", json(LIST), asked(null)],
    ["a client that refuses gzip", json(LIST), asked("gzip;q=0, br;q=1")],
    ["a HEAD request, which has no body", json(LIST), asked("gzip", "HEAD")],
    ["a short answer", json({ success: true }), asked("gzip")],
    [
      "a very long answer, which is compressed beside other work",
      json({ a: "x".repeat(200_000) }),
      asked("gzip"),
    ],
    ["an answer that is no JSON", new Response("x".repeat(2_000)), asked("gzip")],
  ])("leaves the answer to %s as it is", (_, answer, request) => {
    expect(compressed(answer, request)).toBe(answer);
  });

  test.each(["gzip", "GZIP", "deflate, gzip;q=0.5", "gzip; q=1.0", "gzip;q=0.001"])(
    "takes %j for gzip",
    (accepted) => {
      expect(compressed(json(LIST), asked(accepted)).headers.get("x-desk-encoding")).toBe("gzip");
    },
  );

  test("compresses nothing under a server that would not name the encoding", () => {
    Reflect.deleteProperty(globalThis, server);
    const answer = json(LIST);
    expect(compressed(answer, asked("gzip"))).toBe(answer);
  });
});
