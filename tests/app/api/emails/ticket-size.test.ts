import { beforeAll, describe, expect, test } from "vitest";
import { POST as reply } from "@/app/api/emails/reply/route";
import { GET } from "@/app/api/emails/tickets/[threadId]/route";
import type { TicketDetailResponse } from "@/lib/api/contracts";
import { openTicket } from "@/lib/tickets/read";
import { EmailMessage } from "@/models/EmailMessageModel";
import { TicketEvent } from "@/models/TicketEventModel";
import { profiled } from "@/tests/support/database/profiled";
import { createMail } from "@/tests/support/factories/mails";
import { createThread } from "@/tests/support/factories/threads";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call, post } from "@/tests/support/routes/requests";

const MEGABYTE = 1_000_000;
const BLANK_LINES = "a\n\n".repeat(MEGABYTE / 3);
const ONE_LINE = "x".repeat(40_000);

beforeAll(demoIdentity.use);

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

async function threadOf(texts: string[], fields: { at?: Date; html?: string } = {}) {
  const thread = await createThread({ messageCount: texts.length });
  const mails = [];
  for (const text of texts) mails.push(await createMail(thread, { text, visibleText: text, ...fields }));
  return { id: thread.id, _id: thread._id, ids: mails.map((mail) => mail._id) };
}

async function read(id: string, cursor?: string | null): Promise<TicketDetailResponse> {
  const { status, body } = await call(GET, `/api/emails/tickets/${id}${cursor ? `?cursor=${cursor}` : ""}`, {
    headers: demoIdentity.headersOf("priya"),
    params: { threadId: id },
  });
  expect(status).toBe(200);
  return body as TicketDetailResponse; // the contract of the route
}

/** Every answer from the newest to the oldest, each within the budget. */
async function readAll(id: string): Promise<TicketDetailResponse[]> {
  const pages = [await read(id)];
  for (let next = pages[0]?.olderCursor; next; next = pages.at(-1)?.olderCursor) {
    pages.push(await read(id, next));
  }
  for (const page of pages) expect(bytesOf(page)).toBeLessThanOrEqual(MEGABYTE);
  return pages;
}

const messageIds = (pages: TicketDetailResponse[]) =>
  pages.toReversed().flatMap(({ messages }) => messages.map(({ _id }) => _id));

describe("GET /api/emails/tickets/ID of a large conversation", () => {
  test("answers at most 1 MB for 45 mails of 1 MB of blank lines, and reads little more from the database", async () => {
    const { id, ids } = await threadOf(Array<string>(45).fill(BLANK_LINES));
    const reads = await profiled(EmailMessage, async () => {
      expect(bytesOf(await read(id))).toBeLessThanOrEqual(MEGABYTE);
    });
    const bytesRead = reads.reduce((sum, { responseLength }) => sum + responseLength, 0);
    expect(bytesRead).toBeLessThanOrEqual(2 * MEGABYTE);
    expect(messageIds(await readAll(id))).toEqual(ids);
  });

  test("puts a quarter of that into a page, which has it twice", async () => {
    const { id, ids } = await threadOf(Array<string>(45).fill(ONE_LINE));
    const opened = await openTicket(id);
    expect(bytesOf(opened)).toBeLessThanOrEqual(250_000);
    expect(opened?.messages.at(-1)?._id).toBe(ids.at(-1));
  });

  test("shows every message exactly once over its pages, the newest first, also if all have the same date", async () => {
    const { id, ids } = await threadOf(Array<string>(60).fill(ONE_LINE), { at: new Date() });
    const pages = await readAll(id);
    expect(pages.length).toBeGreaterThan(1);
    expect(messageIds(pages)).toEqual(ids.toSorted());
  });

  test("shows the beginning of a long text, and marks it", async () => {
    const { id } = await threadOf([ONE_LINE, BLANK_LINES, "Short."]);
    const { messages } = await read(id);
    expect(messages.map(({ isClipped, textBytes }) => [isClipped, textBytes])).toEqual([
      [true, 40_000],
      [true, BLANK_LINES.length],
      [false, 6],
    ]);
    expect(ONE_LINE.startsWith(messages[0]?.text ?? "-")).toBe(true);
    expect(messages[0]?.text).toHaveLength(32_768);
    expect(BLANK_LINES.startsWith(messages[1]?.text ?? "-")).toBe(true);
    expect(messages[1]?.text.split("\n").length).toBeLessThanOrEqual(1_001);
    expect(messages[2]?.text).toBe("Short.");
  });

  test("has no formatted mail in it, only that there is one", async () => {
    const { id } = await threadOf(["Hello"], { html: `<p>${"Hello ".repeat(50_000)}</p>` });
    const [message] = (await read(id)).messages;
    expect(message).toMatchObject({ hasHtml: true });
    expect(message).not.toHaveProperty("html");
    expect((await read((await threadOf(["Hello"])).id)).messages).toMatchObject([{ hasHtml: false }]);
  });

  test("shows every history line exactly once over its pages, within the same bytes", async () => {
    const thread = await createThread({ revision: 3_001 });
    const by = { id: "user_priya", email: "priya@team.example", name: "P".repeat(2_000) };
    await TicketEvent.insertMany(
      Array.from({ length: 3_000 }, (_, index) => ({
        _id: `${thread.id}:${index + 1}`,
        threadId: thread._id,
        kind: "status_changed",
        at: new Date(),
        revision: index + 1,
        by,
      })),
    );
    const pages = await readAll(thread.id);
    const revisions = pages.toReversed().flatMap(({ history }) => history.map(({ revision }) => revision));
    expect(revisions).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1));
  });

  test("refuses a cursor that is none of its own", async () => {
    const { id } = await threadOf(["Hello"]);
    for (const cursor of ["1", "$ne", "0-0-0", `${"9".repeat(20)}-${"0".repeat(64)}-1`]) {
      const answer = await call(GET, `/api/emails/tickets/${id}?cursor=${cursor}`, {
        headers: demoIdentity.headersOf("priya"),
        params: { threadId: id },
      });
      expect(answer).toMatchObject({ status: 400, body: { reason: "invalid_request" } });
    }
  });
});

describe("POST /api/emails/reply over newer messages", () => {
  test("answers at most 1 MB of them, the newest ones", async () => {
    const { id, ids } = await threadOf(["First.", ...Array<string>(20).fill("€".repeat(300_000))]);
    const { status, body } = await post(
      reply,
      "/api/emails/reply",
      { threadId: id, text: "Hello", lastSeenMessageId: ids[0] },
      demoIdentity.headersOf("priya"),
    );
    expect([status, body?.reason]).toEqual([409, "newer_messages"]);
    expect(bytesOf(body)).toBeLessThanOrEqual(MEGABYTE);
    const shown = (body as unknown as TicketDetailResponse).messages; // of the same shape as a ticket's
    expect(shown.length).toBeGreaterThan(1);
    expect(shown.map(({ _id }) => _id)).toEqual(ids.slice(-shown.length));
    for (const message of shown) expect(message).toMatchObject({ isClipped: true });
  });
});
