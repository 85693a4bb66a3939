import { once } from "node:events";
import { request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { demoCookie } from "@/tests/support/browser/demo-sign-in";
import { Desk } from "@/tests/support/desk/desk";

const { url } = inject("app");
const LIST = "/api/emails/tickets";

type Got = { status: number; headers: IncomingHttpHeaders; body: Buffer };

let desk: Desk;
let cookie = "";

beforeAll(async () => {
  desk = await Desk.open();
  cookie = await demoCookie("user_demo_priya");
});

afterAll(() => desk.close());

/** The ticket of a mail that is long enough to be compressed. */
async function openTicket(): Promise<string> {
  return desk.receive({ subject: "Long", text: "Could you have a look at this, please? ".repeat(40) });
}

function open(path: string, headers: OutgoingHttpHeaders = {}, method = "GET") {
  return request(`${url}${path}`, { method, headers: { cookie, "accept-encoding": "gzip, br", ...headers } });
}

/** The answer as it came over the wire, not decompressed. */
async function get(...asked: Parameters<typeof open>): Promise<Got> {
  const sent = open(...asked);
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage]; // by Node's documentation
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}

function json(body: Buffer): object {
  return JSON.parse(body.toString()) as object;
}

async function fileOf(pattern: RegExp): Promise<string> {
  const page = gunzipSync((await get("/dashboard/tickets")).body).toString();
  return pattern.exec(page)?.[0] ?? "none";
}

describe("an answer that is compressed", () => {
  test.each([
    ["a list", async () => (await openTicket(), await openTicket(), LIST)],
    ["a ticket", async () => `/api/emails/tickets/${await openTicket()}`],
    ["a page", () => "/dashboard/tickets"],
    ["a script", () => fileOf(/\/_next\/static\/[^"\\]+\.js/)],
    ["a style sheet", () => fileOf(/\/_next\/static\/[^"\\]+\.css/)],
  ])("%s is small on the wire, and caches keep it apart from the plain one", async (_, path) => {
    const at = await path();
    const [small, plain] = [await get(at), await get(at, { "accept-encoding": "identity" })];
    expect(small).toMatchObject({ status: 200, headers: { "content-encoding": "gzip" } });
    expect([undefined, String(small.body.length)]).toContain(small.headers["content-length"]);
    expect(small.headers["x-desk-encoding"]).toBeUndefined();
    expect(small.headers.etag ?? "W/").toMatch(/^W\//);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    for (const { headers } of [small, plain])
      expect(headers.vary?.toLowerCase()).toContain("accept-encoding");
    expect(small.body.length).toBeLessThan(plain.body.length * 0.7);
    const whole = gunzipSync(small.body);
    // A page has a nonce of its own each time, and a ticket may change between two requests.
    if (at.startsWith("/_next/")) expect(whole).toEqual(plain.body);
    else if (at.startsWith("/api/")) expect(Object.keys(json(whole))).toEqual(Object.keys(json(plain.body)));
    else expect(whole.toString()).toMatch(/<\/html>$/);
  });

  test("is plain for a client that refuses gzip, with its length if it is known", async () => {
    const { headers, body } = await get(LIST, { "accept-encoding": "gzip;q=0, identity" });
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers["content-length"]).toBe(String(body.length));
    expect(JSON.parse(body.toString())).toHaveProperty("tickets");
  });

  test("is whole for a client that asks for a part, since a part cannot be decompressed", async () => {
    const path = await fileOf(/\/_next\/static\/[^"\\]+\.js/);
    const { status, headers } = await get(path, { range: "bytes=0-2000" });
    expect({ status, range: headers["content-range"] }).toEqual({ status: 200, range: undefined });
  });

  test("has no body for HEAD", async () => {
    const { status, headers, body } = await get(LIST, {}, "HEAD");
    expect({ status, sent: body.length, encoding: headers["content-encoding"] }).toEqual({
      status: 200,
      sent: 0,
      encoding: undefined,
    });
    expect(headers.vary?.toLowerCase()).toContain("accept-encoding");
  });

  test("is right after many clients left in the middle of one", async () => {
    for (let index = 0; index < 50; index += 1) {
      const sent = open("/dashboard/tickets");
      await new Promise<void>((resolve) => {
        sent.once("response", (response) => {
          response.once("data", () => response.destroy());
          response.once("close", resolve);
        });
        sent.once("error", () => resolve()).end();
      });
    }
    const { body } = await get(LIST);
    expect(JSON.parse(gunzipSync(body).toString())).toHaveProperty("tickets");
  });
});

describe("an answer that is not compressed", () => {
  test("a short one, which goes out in one piece", async () => {
    const { headers, body } = await get("/api/emails/tickets/counts");
    expect(headers).toMatchObject({ "content-length": String(body.length) });
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers["transfer-encoding"]).toBeUndefined();
    expect(headers["x-desk-length"]).toBeUndefined();
  });

  test("a live stream, whose first event comes at once", async () => {
    const sent = open("/api/live");
    const first = await new Promise<{ headers: IncomingHttpHeaders; text: string }>((resolve, reject) => {
      sent.once("response", (response) => {
        response.once("data", (part: Buffer) =>
          resolve({ headers: response.headers, text: part.toString() }),
        );
      });
      sent.once("error", reject).end();
    });
    sent.on("error", () => {}).destroy();
    expect(first.headers["content-encoding"]).toBeUndefined();
    expect(first.text).toContain("event: hello");
  });

  test("a customer's file, which is sent byte for byte and with its length", async () => {
    const { ledgerId } = await desk.lastMessage(await openTicket());
    const { status, headers, body } = await get(`/api/emails/inbound/${ledgerId}/raw`);
    expect(status).toBe(200);
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers["content-length"]).toBe(String(body.length));
  });
});
