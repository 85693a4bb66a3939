import { describe, expect, test } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";

const TEXT = "Content-Type: text/plain\r\n\r\nSee the file.";
const parse = (...parts: string[]) => parseMail(rawMail(multipart("mixed", TEXT, ...parts)), "of the ledger");
const base64 = (value: string) => Buffer.from(value).toString("base64");

const NAMES: [string, string, string][] = [
  ["a path", "../../etc/passwd", "passwd"],
  ["a Windows path", "C:\\temp\\a.txt", "a.txt"],
  ["a direction override", "invoice\u202Efdp.exe", "invoicefdp.exe"],
  ["line breaks and NUL", "a\r\nX-Evil: 1\0.txt", "a X-Evil_ 1 .txt"],
  ["characters that file systems refuse", 'a<b>c:"d|e?.txt', "a_b_c__d_e_.txt"],
  ["an invisible space before its extension", "shell.php\u200B", "shell.php"],
  ["nothing but dots", "...", "attachment-1.pdf"],
  ["a very long name", `${"n".repeat(500)}.pdf`, `${"n".repeat(196)}.pdf`],
];

describe("an attachment", () => {
  test.each(NAMES)("with %s as its name gets one that is safe to save", async (_case, name, expected) => {
    const part = `Content-Type: application/pdf; name="=?utf-8?B?${base64(name)}?="\r\nContent-Disposition: attachment\r\n\r\n%PDF`;
    const { attachments } = await parse(part);
    expect(attachments.map((attachment) => attachment.filename)).toEqual([expected]);
  });

  test("without a name is named after its number and type", async () => {
    const { attachments } = await parse(
      "Content-Type: image/png\r\nContent-Disposition: attachment\r\n\r\nx",
      "Content-Type: weird\r\nContent-Disposition: attachment\r\n\r\ny",
    );
    expect(attachments).toMatchObject([
      { filename: "attachment-1.png", contentType: "image/png" },
      { filename: "attachment-2.bin", contentType: "application/octet-stream" },
    ]);
  });

  test("that is a mail is named after its subject", async () => {
    const inner = "Subject: =?utf-8?Q?Re:_5/6_caf=C3=A9?=\r\nFrom: a@example.com\r\n\r\nInner text";
    const { attachments, text } = await parse(`Content-Type: message/rfc822\r\n\r\n${inner}`);
    expect(attachments).toMatchObject([{ filename: "Re_ 5_6 café.eml", contentType: "message/rfc822" }]);
    expect(text).toBe("See the file.");
  });

  test("keeps its bytes and its Content-ID", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const { attachments } = await parse(
      `Content-Type: image/gif; name=a.gif\r\nContent-ID: <pic@example.com>\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: inline; filename=a.gif\r\n\r\n${bytes.toString("base64")}`,
    );
    expect(attachments).toMatchObject([{ contentId: "pic@example.com", filename: "a.gif" }]);
    expect(Buffer.from(attachments[0]?.content ?? [])).toEqual(bytes);
  });

  test("after the hundredth is only in the original, and the mail says so", async () => {
    const part = "Content-Type: text/csv\r\nContent-Disposition: attachment\r\n\r\na;b";
    const mail = await parse(...Array.from({ length: 130 }, () => part));
    expect(mail.attachments).toHaveLength(100);
    expect(mail.parseProblem).toBe(
      "It has 130 attachments; only the first 100 are shown. Download the original to see all of it.",
    );
  });
});
