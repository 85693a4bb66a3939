import { beforeAll, describe, expect, test } from "vitest";
import { GET as GET_RAW } from "@/app/api/emails/inbound/[ledgerId]/raw/route";
import { GET as GET_ATTACHMENT } from "@/app/api/emails/messages/[messageId]/attachments/[index]/route";
import { IDENTITIES } from "@/tests/support/routes/identities";
import { deliver, multipart, rawMail } from "@/tests/support/factories/inbound-mails";

type Route = { GET: typeof GET_RAW; params: Record<string, string> };

async function get({ GET, params }: Route, headers: Record<string, string>) {
  const request = new Request("http://localhost:3000/download", {
    headers: { host: "localhost:3000", ...headers },
  });
  const response = await GET(request, { params: Promise.resolve(params) });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

const raw = rawMail(
  multipart(
    "mixed",
    "Content-Type: text/plain\r\n\r\nTwo files.",
    `Content-Type: text/html; name="=?utf-8?B?${Buffer.from('請求 "x".html').toString("base64")}?="\r\nContent-Disposition: attachment\r\n\r\n<script>steal()</script>`,
    "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0AAf8=",
  ),
);
const mail: Record<"messageId" | "ledgerId", string> = { messageId: "", ledgerId: "" };

beforeAll(async () => {
  const { message, row } = await deliver(raw);
  Object.assign(mail, { messageId: message._id, ledgerId: row._id });
});

const attachment = (index: string): Route => ({
  GET: GET_ATTACHMENT,
  params: { messageId: mail.messageId, index },
});
const original = (): Route => ({ GET: GET_RAW, params: { ledgerId: mail.ledgerId } });

describe.each(IDENTITIES)("with a session of $how", (identity) => {
  beforeAll(() => identity.use());
  const download = (route: Route) => get(route, identity.headersOf("priya"));

  test("an attachment comes as a file that can do nothing to the page", async () => {
    const { status, headers, bytes } = await download(attachment("0"));
    expect(status).toBe(200);
    expect(bytes.toString()).toBe("<script>steal()</script>");
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-length": "24",
      "content-disposition": `attachment; filename="__ _x_.html"; filename*=UTF-8''%E8%AB%8B%E6%B1%82%20_x_.html`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cache-control": "private, no-store",
    });
  });

  test("an attachment of a harmless type keeps it, and its bytes", async () => {
    const { headers, bytes } = await download(attachment("1"));
    expect(headers.get("content-type")).toBe("application/pdf");
    expect(bytes).toEqual(Buffer.from("%PDF-\0\x01\xff", "latin1"));
  });

  test("the mail comes byte for byte as it arrived", async () => {
    const { status, headers, bytes } = await download(original());
    expect(status).toBe(200);
    expect(bytes).toEqual(raw);
    expect(headers.get("content-disposition")).toBe(
      `attachment; filename="mail-${mail.ledgerId.slice(0, 12)}.eml"; filename*=UTF-8''mail-${mail.ledgerId.slice(0, 12)}.eml`,
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("what does not exist is answered with 404", async () => {
    const unknown = "0".repeat(64);
    expect(await download(attachment("2"))).toMatchObject({ status: 404 });
    expect(await download({ GET: GET_ATTACHMENT, params: { messageId: unknown, index: "0" } })).toMatchObject(
      { status: 404 },
    );
    expect(await download({ GET: GET_RAW, params: { ledgerId: unknown } })).toMatchObject({ status: 404 });
  });

  test.each(["-1", "1.5", "x", "0001", ""])("the place %j is answered with 400", async (index) => {
    expect(await download(attachment(index))).toMatchObject({ status: 400 });
  });

  test.each(["", "zz", "../../etc/passwd", "0".repeat(63)])("the id %j is answered with 400", async (id) => {
    expect(await download({ GET: GET_RAW, params: { ledgerId: id } })).toMatchObject({ status: 400 });
    expect(await download({ GET: GET_ATTACHMENT, params: { messageId: id, index: "0" } })).toMatchObject({
      status: 400,
    });
  });

  test("nobody who is not signed in gets anything", async () => {
    expect(await get(attachment("0"), {})).toMatchObject({ status: 401 });
    expect(await get(original(), {})).toMatchObject({ status: 401 });
  });
});
