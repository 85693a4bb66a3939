import { describe, expect, test } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";

const parse = (parts: Parameters<typeof rawMail>[0]) => parseMail(rawMail(parts), "of the ledger");

const CHARSETS: [string, number[], string][] = [
  ["windows-1252", [0x80, 0x20, 0x93, 0x71, 0x94, 0x20, 0x96, 0x20, 0xe9], "€ “q” – é"],
  ["iso-8859-15", [0xa4, 0x20, 0xe4], "€ ä"],
  ["iso-2022-jp", [0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x38, 0x6c, 0x1b, 0x28, 0x42], "日本語"],
  ["shift_jis", [0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea], "日本語"],
  ["koi8-r", [0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4], "Привет"],
  ["windows-1251", [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2], "Привет"],
  ["gb18030", [0xc4, 0xe3, 0xba, 0xc3], "你好"],
  ["big5", [0xa7, 0x41, 0xa6, 0x6e], "你好"],
  ["euc-kr", [0xbe, 0xc8, 0xb3, 0xe7], "안녕"],
  ["windows-1256", [0xd3, 0xe1, 0xc7, 0xe3], "سلام"],
];

describe("the text of a mail", () => {
  test.each(CHARSETS)("is read in %s, in body and subject", async (charset, bytes, text) => {
    const mail = await parse({
      header: {
        Subject: `=?${charset}?B?${Buffer.from(bytes).toString("base64")}?=`,
        "Content-Type": `text/plain; charset=${charset}`,
        "Content-Transfer-Encoding": "8bit",
      },
      body: Buffer.from(bytes),
    });
    expect(mail).toMatchObject({ text, head: { subject: text }, parseProblem: null });
  });

  test("is kept whole, with its new part shown first", async () => {
    const body =
      "Thanks, that works!\r\n\r\nOn Mon, Nov 16, 2026 at 9:00 AM Desk <d@desk.example> wrote:\r\n> Try again.";
    const mail = await parse({ body });
    expect(mail.visibleText).toBe("Thanks, that works!");
    expect(mail.text).toContain("> Try again.");
  });

  test.each([
    ["is all quoted", "> quoted\r\n> quoted too"],
    ["answers between the lines", "> Which plan?\r\nTeam.\r\n> Since when?\r\nMay.\r\n"],
  ])("is shown whole if it %s", async (_case, body) => {
    const mail = await parse({ body });
    expect(mail.visibleText).toBe(mail.text);
  });

  test("comes from the HTML if the mail has no text part", async () => {
    const mail = await parse({
      header: { "Content-Type": "text/html; charset=utf-8" },
      body: "<style>p{}</style><p>Dear desk,</p><ul><li>one &amp; <b>two</b></li></ul><a href='https://a.example/x'>here</a>",
    });
    expect(mail.text).toBe("Dear desk,\n\n- one & two\n\nhere (https://a.example/x)");
  });

  test("is empty for a mail that ends after its header", async () => {
    const mail = await parse({ body: "" });
    expect(mail).toMatchObject({ text: "", html: null, attachments: [], parseProblem: null });
  });

  test("is read up to its end if the mail was cut off", async () => {
    const parts = multipart(
      "mixed",
      "Content-Type: text/plain\r\n\r\nHello, the file follows",
      "X: y\r\n\r\nlost",
    );
    const whole = rawMail(parts);
    const mail = await parseMail(whole.subarray(0, whole.indexOf(" follows")), "of the ledger");
    expect(mail).toMatchObject({ text: "Hello, the file", parseProblem: null });
  });
});

describe("the sender of a mail", () => {
  test.each([
    ["the first From that has an address", { From: '"A" <>, "B" <b@example.com>' }, "b@example.com"],
    ["Reply-To if there is no From", { From: null, "Reply-To": "r@example.com" }, "r@example.com"],
    ["Sender if there is nothing else", { From: null, Sender: "s@example.com" }, "s@example.com"],
    ["the first of two From lines", { From: "one@example.com\r\nFrom: two@example.com" }, "one@example.com"],
    ["an international domain in its ASCII form", { From: "a@bücher.example" }, "a@xn--bcher-kva.example"],
    ["the address inside a group", { From: "Team: a@example.com, b@example.com;" }, "a@example.com"],
  ])("is %s", async (_case, header, address) => {
    const raw = rawMail({ header });
    const mail = await parseMail(Buffer.from(raw.toString("latin1"), "utf8"), "of the ledger");
    expect(mail.head.senders[0]?.address).toBe(address);
  });

  test("is nobody if no address is usable", async () => {
    const mail = await parse({ header: { From: '"Only A Name" <not an address>' } });
    expect(mail.head).toMatchObject({ senders: [], fromName: "Only A Name" });
  });
});

describe("a header", () => {
  test("puts no line breaks, control or bidi characters into stored fields", async () => {
    const hostile = Buffer.from("a\r\nBcc: evil@example.com\0\u202Egpj\u2028b").toString("base64");
    const mail = await parse({
      header: { Subject: `=?utf-8?B?${hostile}?=`, From: `=?utf-8?B?${hostile}?= <a@example.com>` },
    });
    expect(mail.head.subject).toBe("a Bcc: evil@example.com gpj b");
    expect(mail.head.senders).toEqual([{ address: "a@example.com", name: "a Bcc: evil@example.com gpj b" }]);
  });

  test("yields Message-IDs in every form in use", async () => {
    const mail = await parse({
      header: {
        "Message-ID": "bare@example.com",
        "In-Reply-To": "<one@example.com> (comment)\r\nIn-Reply-To: <two@example.com>",
        References: "<a@example.com>,<b b@example.com>\r\n\t<A@example.com>",
      },
    });
    expect(mail.head).toMatchObject({
      messageId: "bare@example.com",
      inReplyTo: ["one@example.com", "two@example.com"],
      references: ["a@example.com", "bb@example.com", "A@example.com"],
    });
  });
});
