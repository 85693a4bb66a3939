import { describe, expect, test } from "vitest";
import { isAutomatic } from "@/lib/mail/automatic";
import { parseMail } from "@/lib/mail/parse";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";

const JSON_TYPE = "text/vnd.google.email-reaction+json";
const NOBODY_KNOWN = { envelopeFrom: "ann@customer.example", isOwn: () => false };

const parse = (parts: Parameters<typeof rawMail>[0]) => parseMail(rawMail(parts), "of the ledger");
const base64 = (text: string) => Buffer.from(text).toString("base64");
const jsonPart = (json: string, more = "") =>
  `Content-Type: ${JSON_TYPE}; charset=UTF-8\r\n${more}Content-Transfer-Encoding: base64\r\n\r\n${base64(json)}`;
const reacted = (emoji: string) =>
  multipart(
    "alternative",
    `Content-Type: text/plain; charset=utf-8\r\n\r\n${emoji}\r\n\r\nAnn reacted via Gmail`,
    jsonPart(JSON.stringify({ emoji, version: 1 })),
    `Content-Type: text/html; charset=utf-8\r\n\r\n<p>${emoji}</p><p>Ann reacted via Gmail</p>`,
  );

describe("a reaction", () => {
  test.each(["👍", "👍🏽", "❤️", "🏳️‍🌈", "👩‍❤️‍👨", "🇳🇴", "1️⃣"])("by Gmail is read: %s", async (emoji) => {
    const mail = await parse(reacted(emoji));
    expect(mail).toMatchObject({
      reaction: emoji,
      attachments: [],
      text: `${emoji}\n\nAnn reacted via Gmail`,
    });
    expect(isAutomatic(mail, NOBODY_KNOWN)).toBe(true);
  });

  test("is read without its variation selector", async () => {
    expect(await parse(reacted("\u2764"))).toMatchObject({ reaction: "\u2764\uFE0F" });
  });

  test("that is the whole mail has the emoji as its text", async () => {
    const body = '{"emoji":"=F0=9F=8E=89","version":1}';
    const header = { "Content-Type": JSON_TYPE, "Content-Transfer-Encoding": "quoted-printable" };
    expect(await parse({ header, body })).toMatchObject({ reaction: "🎉", text: "🎉", attachments: [] });
  });

  test("by RFC 9078 is read", async () => {
    const header = { "Content-Disposition": "reaction", "Content-Type": "text/plain; charset=utf-8" };
    expect(await parse({ header, body: "🎉\r\n" })).toMatchObject({ reaction: "🎉", text: "🎉" });
  });
});

describe("no reaction, and a person's mail with a file, is one", () => {
  test.each([
    ["of two emoji", '{"emoji":"👍👍","version":1}'],
    ["of words", '{"emoji":"<b>yes</b>","version":1}'],
    ["of a digit", '{"emoji":"1","version":1}'],
    ["of another version", '{"emoji":"👍","version":2}'],
    ["that is no JSON", "👍"],
    ["of another shape", '["👍"]'],
    ["that is too long", JSON.stringify({ emoji: "👍", version: 1, more: "x".repeat(2_000) })],
  ])("%s", async (_fault, json) => {
    const mail = await parse(multipart("mixed", "Content-Type: text/plain\r\n\r\nSee this.", jsonPart(json)));
    expect(mail).toMatchObject({ reaction: null, text: "See this." });
    expect(mail.attachments).toHaveLength(1);
    expect(isAutomatic(mail, NOBODY_KNOWN)).toBe(false);
  });

  const thumb = '{"emoji":"👍","version":1}';

  test("that is sent as a file", async () => {
    const part = jsonPart(thumb, "Content-Disposition: attachment\r\n");
    const mail = await parse(multipart("mixed", "Content-Type: text/plain\r\n\r\nSee this.", part));
    expect(mail).toMatchObject({ reaction: null, attachments: [{ contentType: JSON_TYPE }] });
  });

  test("beside another file", async () => {
    const file = "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=orders.csv\r\n\r\na,b";
    const mail = await parse(multipart("mixed", jsonPart(thumb), file));
    expect(mail.reaction).toBeNull();
    expect(mail.attachments).toHaveLength(2);
  });
});

test("a phone's sentence about a reaction stays a person's mail", async () => {
  const mail = await parse({ body: "Liked “We will send it today.”" });
  expect(mail.reaction).toBeNull();
  expect(isAutomatic(mail, NOBODY_KNOWN)).toBe(false);
});
