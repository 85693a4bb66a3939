import { beforeAll, describe, expect, test } from "vitest";
import { GET } from "@/app/api/emails/messages/[messageId]/formatted/route";
import { deliver, multipart, rawMail } from "@/tests/support/factories/inbound-mails";
import { download } from "@/tests/support/routes/download";
import { demoIdentity } from "@/tests/support/routes/identities";
import { call } from "@/tests/support/routes/requests";

const HTML = '<p style="color:#c00" onclick="steal()">Hello in colour</p><script>steal()</script>';
const letter = rawMail(multipart("alternative", `Content-Type: text/html\r\n\r\n${HTML}`));

beforeAll(demoIdentity.use);

const read = (messageId: string) => download(GET, { messageId }, demoIdentity.headersOf("priya"));

describe("GET /api/emails/messages/ID/formatted", () => {
  test("shows the sanitised mail under a policy that lets it run, load and send nothing", async () => {
    const { message } = await deliver(letter);
    const { status, headers, bytes } = await read(message._id);
    const text = bytes.toString();
    expect(status).toBe(200);
    expect(text).toContain("Hello in colour");
    expect(text).not.toContain("steal");
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("content-security-policy")?.split("; ")).toEqual([
      "sandbox allow-popups allow-popups-to-escape-sandbox",
      "default-src 'none'",
      "img-src data:",
      "style-src 'unsafe-inline'",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'self'",
    ]);
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("cache-control")).toBe("private, no-store");
  });

  test.each([
    ["an unknown message", "0".repeat(64), 404],
    ["an invalid id", "../../etc", 400],
  ])("refuses %s", async (_, messageId, status) => {
    expect((await read(messageId)).status).toBe(status);
  });

  test("answers 404 if the mail has no HTML", async () => {
    const { message } = await deliver(rawMail());
    const answer = await call(GET, "/formatted", {
      headers: demoIdentity.headersOf("priya"),
      params: { messageId: message._id },
    });
    expect(answer).toMatchObject({ status: 404, body: { reason: "not_found" } });
  });
});
