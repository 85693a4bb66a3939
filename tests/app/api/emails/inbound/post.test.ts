import { afterEach, describe, expect, test } from "vitest";
import { POST } from "@/app/api/emails/inbound/route";
import { env } from "@/lib/env";
import { MAIL_MAX_BYTES, readRawMail, REFUSED_HEAD_BYTES } from "@/lib/inbound/ledger";
import { connectDb, disconnectDb } from "@/lib/store/db";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { rawMail, storedRow } from "@/tests/support/factories/inbound-mails";
import { setEnv } from "@/tests/support/routes/identities";

const PATH = "http://localhost:3000/api/emails/inbound";
const { MONGODB_URI: uri, INBOUND_SECRET: secret = "" } = env();
const HEADERS = { authorization: `Bearer ${secret}`, "content-type": "message/rfc822" };

afterEach(async () => {
  setEnv({ MONGODB_URI: uri, INBOUND_SECRET: secret });
  await connectDb(uri);
});

async function post(body: BodyInit | null, headers: Record<string, string> = HEADERS) {
  // Node needs `duplex` if the body is a stream; the DOM's type lacks it.
  const init = { method: "POST", headers, body, duplex: "half" } as RequestInit;
  const response = await POST(new Request(PATH, init), { params: Promise.resolve({}) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const postMail = (raw: Buffer) => post(new Uint8Array(raw));

describe("POST /api/emails/inbound", () => {
  test("accepts a mail, makes its ticket and returns the ids of both", async () => {
    const raw = rawMail({ header: { Subject: "Posted" } });
    const { status, body } = await postMail(raw);
    const thread = await EmailThread.findOne({ subject: "Posted" }).orFail().lean();
    expect(status).toBe(202);
    expect(body).toEqual({
      accepted: true,
      ledgerId: expect.stringMatching(/^[0-9a-f]{64}$/),
      duplicate: false,
      threadId: thread._id.toHexString(),
    });
    expect(await readRawMail(body.ledgerId)).toEqual(raw);
    expect(await storedRow(body.ledgerId)).toMatchObject({ source: "http", envelopeFrom: null });
  });

  test("marks the same mail sent again as a duplicate, with the same ticket", async () => {
    const raw = rawMail();
    const first = await postMail(raw);
    expect((await postMail(raw)).body).toEqual({ ...first.body, duplicate: true });
  });

  test("makes a ticket of a mail that cannot be read, and keeps the mail for download", async () => {
    const part = "--edge\r\nContent-Type: text/plain\r\n\r\nx\r\n";
    const raw = rawMail({
      header: { "Content-Type": "multipart/mixed; boundary=edge" },
      body: part.repeat(10_000),
    });
    const { status, body } = await postMail(raw);
    expect(status).toBe(202);
    expect(await EmailThread.findById(body.threadId).lean()).toMatchObject({
      excerpt: expect.stringContaining("could not be read"),
    });
    expect(await readRawMail(body.ledgerId)).toEqual(raw);
  });

  test.each([
    ["no From", { From: null }, { from: "" }],
    ["no Date", { Date: null }, { messageCount: 1 }],
    ["no Message-ID", { "Message-ID": null }, { messageCount: 1 }],
    ["no Subject", { Subject: null }, { subject: "" }],
  ])("accepts a mail with %s", async (_case, header, expected) => {
    const { status, body } = await postMail(rawMail({ header }));
    expect(status).toBe(202);
    expect(await EmailThread.findById(body.threadId).lean()).toMatchObject(expected);
  });

  test("stores an empty mail as ignored, without a ticket", async () => {
    const { status, body } = await post(null);
    expect({ status, threadId: body.threadId }).toEqual({ status: 202, threadId: null });
    expect(await storedRow(body.ledgerId)).toMatchObject({ state: "ignored", reason: "empty" });
  });

  test("makes a ticket even of content that does not look like a mail", async () => {
    const { status, body } = await post(
      new Uint8Array(Array.from({ length: 5_000 }, (_, index) => (index * 7) % 256)),
    );
    expect(status).toBe(202);
    expect(await EmailThread.findById(body.threadId).lean()).toMatchObject({ messageCount: 1 });
  });

  test.each([
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["the token cut short", { authorization: `Bearer ${secret.slice(0, -1)}` }],
    ["the token in another scheme", { authorization: `Basic ${secret}` }],
  ])("answers 401 to %s and stores nothing", async (_case, authorization) => {
    const before = await InboundEmail.countDocuments();
    const { authorization: _right, ...headers } = HEADERS;
    const answer = await post(new Uint8Array(rawMail()), { ...headers, ...authorization });
    expect(answer).toMatchObject({ status: 401, body: { reason: "unauthenticated" } });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await InboundEmail.countDocuments()).toBe(before);
  });

  test("answers 401 to everybody if no secret is configured", async () => {
    setEnv({ INBOUND_SECRET: undefined });
    for (const authorization of ["Bearer ", "Bearer undefined", `Bearer ${secret}`]) {
      expect(await post("x", { ...HEADERS, authorization })).toMatchObject({ status: 401 });
    }
  });

  test.each(["application/json", "text/plain", "multipart/form-data; boundary=x", ""])(
    "answers 415 to the content type %j",
    async (type) => {
      const answer = await post(new Uint8Array(rawMail()), { ...HEADERS, "content-type": type });
      expect(answer).toMatchObject({ status: 415, body: { reason: "unsupported_media_type" } });
    },
  );

  test("answers 413 to more than 40 MB before all of it has come, and keeps the beginning", async () => {
    let sent = 0;
    const chunk = Buffer.alloc(1024 * 1024, "0123456789abcdef\r\n");
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (sent === 200) return controller.close();
        sent += 1;
        controller.enqueue(new Uint8Array(chunk));
      },
    });
    const answer = await post(endless);
    expect(answer).toMatchObject({ status: 413, body: { reason: "too_large" } });
    expect(sent).toBeLessThan(60);
    const row = await InboundEmail.findOne({ source: "http", state: "failed" }).orFail().lean();
    expect(row.sizeBytes).toBeGreaterThan(MAIL_MAX_BYTES);
    expect((await readRawMail(row._id))?.length).toBe(REFUSED_HEAD_BYTES);
  });

  test("answers 400 to a mail whose connection broke, and stores nothing of it", async () => {
    const before = await InboundEmail.countDocuments();
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array(rawMail())),
      pull: (controller) => controller.error(new Error("the connection broke")),
    });
    expect(await post(broken)).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
    expect(await InboundEmail.countDocuments()).toBe(before);
  });

  test("answers 503 with Retry-After while the database is away", async () => {
    await disconnectDb();
    setEnv({ MONGODB_URI: "mongodb://127.0.0.1:9/?replicaSet=none" });
    const answer = await postMail(rawMail());
    expect(answer).toMatchObject({ status: 503, body: { reason: "unavailable" } });
    expect(answer.headers.get("retry-after")).toMatch(/^\d+$/);
  });
});
