import { beforeAll, describe, expect, test } from "vitest";
import { GET as getRawMail } from "@/app/api/emails/inbound/[ledgerId]/raw/route";
import { GET as getAttachment } from "@/app/api/emails/messages/[messageId]/attachments/[index]/route";
import { deliver, multipart, rawMail } from "@/tests/support/factories/inbound-mails";
import { createLedgerRow } from "@/tests/support/factories/ledger-rows";
import { download } from "@/tests/support/routes/download";
import { IDENTITIES } from "@/tests/support/routes/identities";

const raw = rawMail(
  multipart(
    "mixed",
    "Content-Type: text/plain\r\n\r\nTwo files.",
    `Content-Type: text/html; name="=?utf-8?B?${Buffer.from('請求 "x".html').toString("base64")}?="\r\nContent-Disposition: attachment\r\n\r\n<script>steal()</script>`,
    "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0AAf8=",
  ),
);
let messageId: string;
let ledgerId: string;

beforeAll(async () => {
  const { message, row } = await deliver(raw);
  messageId = message._id;
  ledgerId = row._id;
});

describe.each(IDENTITIES)("downloads with $how sessions", ({ use, headersOf }) => {
  beforeAll(use);
  const readAttachment = (index: string, id = messageId) =>
    download(getAttachment, { messageId: id, index }, headersOf("priya"));
  const readRawMail = (id = ledgerId) => download(getRawMail, { ledgerId: id }, headersOf("priya"));

  test("send an attachment as a file that no browser shows or runs", async () => {
    const { status, headers, bytes } = await readAttachment("0");
    expect(status).toBe(200);
    expect(bytes.toString()).toBe("<script>steal()</script>");
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "24",
      "content-disposition": `attachment; filename="__ _x_.html"; filename*=UTF-8''%E8%AB%8B%E6%B1%82%20_x_.html`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cache-control": "private, no-store, no-transform",
    });
  });

  test("keep the type and the bytes of a harmless attachment", async () => {
    const { headers, bytes } = await readAttachment("1");
    expect(headers.get("content-type")).toBe("application/pdf");
    expect(bytes).toEqual(Buffer.from("%PDF-\0\x01\xff", "latin1"));
  });

  test("say so if nothing of a mail arrived", async () => {
    const empty = await createLedgerRow({ raw: null, error: "It was refused by its announced size." });
    const { status, bytes } = await readRawMail(empty);
    expect(status).toBe(404);
    expect(JSON.parse(bytes.toString())).toEqual({
      error: "Nothing of this mail arrived.",
      reason: "not_found",
    });
  });

  test("send the mail byte for byte as it arrived", async () => {
    const { status, headers, bytes } = await readRawMail();
    expect(status).toBe(200);
    expect(bytes).toEqual(raw);
    expect(headers.get("content-disposition")).toBe(
      `attachment; filename="mail-${ledgerId.slice(0, 12)}.eml"; filename*=UTF-8''mail-${ledgerId.slice(0, 12)}.eml`,
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("answer 404 if there is no such attachment or mail", async () => {
    const unknown = "0".repeat(64);
    expect(await readAttachment("2")).toMatchObject({ status: 404 });
    expect(await readAttachment("0", unknown)).toMatchObject({ status: 404 });
    expect(await readRawMail(unknown)).toMatchObject({ status: 404 });
  });

  test.each(["-1", "1.5", "x", "0001", ""])("answer 400 to %j as an attachment's index", async (index) => {
    expect(await readAttachment(index)).toMatchObject({ status: 400 });
  });

  test.each(["", "zz", "../../etc/passwd", "0".repeat(63)])("answer 400 to %j as an id", async (id) => {
    expect(await readRawMail(id)).toMatchObject({ status: 400 });
    expect(await readAttachment("0", id)).toMatchObject({ status: 400 });
  });

  test("answer 401 without a session", async () => {
    expect(await download(getAttachment, { messageId, index: "0" })).toMatchObject({ status: 401 });
    expect(await download(getRawMail, { ledgerId })).toMatchObject({ status: 401 });
  });
});
