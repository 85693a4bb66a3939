import { describe, expect, test } from "vitest";
import { parseMail, parseOrdinaryMail } from "@/lib/mail/parse";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";

const parse = (parts: Parameters<typeof rawMail>[0]) => parseMail(rawMail(parts), "of the ledger");
const html = (body: string) => ({ header: { "Content-Type": "text/html; charset=utf-8" }, body });
const SEE_ORIGINAL = "Download the original to see all of it.";

/** A mail inside a mail, `depth` times. */
function nested(depth: number): string {
  return Array.from(
    { length: depth },
    (_, level) => `Content-Type: multipart/mixed; boundary=b${level}\r\n\r\n--b${level}\r\n`,
  ).join("");
}

describe("a hostile mail", () => {
  test("with ten thousand parts keeps its header and says that it could not be read", async () => {
    const part = "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nx";
    const mail = await parse({
      ...multipart("mixed", ...Array.from({ length: 10_000 }, () => part)),
      header: {
        ...multipart("mixed").header,
        From: "Ann <ann@example.com>",
        Subject: "=?utf-8?Q?Caf=C3=A9?=",
        "Message-ID": "<many@example.com>",
        References: "<earlier@example.com>",
        "Auto-Submitted": "auto-generated",
      },
    });
    expect(mail).toMatchObject({
      head: {
        senders: [{ address: "ann@example.com", name: "Ann" }],
        subject: "Café",
        messageId: "many@example.com",
        references: ["earlier@example.com"],
        signals: { autoSubmitted: "auto-generated" },
      },
      text: "",
      contentHash: "of the ledger",
      parseProblem: `This mail is built in a way that could not be read. ${SEE_ORIGINAL}`,
    });
  });

  test.each([
    ["a header of 2 MB", { header: { "X-Long": "x".repeat(2_000_000) } }],
    [
      "parts nested ten thousand deep",
      { header: { "Content-Type": "multipart/mixed; boundary=b" }, body: `--b\r\n${nested(10_000)}` },
    ],
  ])("with %s still has a sender", async (_case, parts) => {
    const mail = await parse({ ...parts, header: { From: "ann@example.com", ...parts.header } });
    expect(mail.head.senders).toMatchObject([{ address: "ann@example.com" }]);
    expect(mail.parseProblem).toContain(SEE_ORIGINAL);
  });

  test.each([
    ["sixty thousand encoded words", { header: { Subject: "=?utf-8?Q?a?= ".repeat(60_000) } }],
    ["a hundred thousand recipients", { header: { To: "a@example.com, ".repeat(60_000) } }],
    ["one line of a megabyte of brackets", { header: { References: "<".repeat(900_000) } }],
    ["a megabyte of white space", { body: ` ${" \t".repeat(500_000)}x` }],
    ["nothing but quotes", { body: "> ".repeat(50_000) }],
    ["half a million angle brackets", html("<".repeat(500_000))],
    ["a hundred thousand attributes", html(`<p ${"a=b ".repeat(100_000)}>text`)],
    ["a hundred thousand tables", html("<table><tr><td>".repeat(6_000))],
    ["a bad encoding", { header: { "Content-Transfer-Encoding": "base64" }, body: "\xff".repeat(10_000) }],
    ["an unknown charset", { header: { "Content-Type": "text/plain; charset=x-no-such" }, body: "plain" }],
  ])("with %s comes back within the time limits", async (_case, parts) => {
    const startedAt = performance.now();
    const mail = await parse(parts);
    expect(mail.head.senders).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(12_000);
  });

  test.each([
    ["On and blanks", `On ${" ".repeat(190_000)}x`],
    ["blank lines", `a${"\n".repeat(190_000)}b`],
    ["lines of one blank", `a${"\n ".repeat(95_000)}b`],
    ["beginnings of introductions", "Op a schreef b\n".repeat(13_000)],
    ["words of introductions in one line", "2011from<".repeat(20_000)],
    ["a short text of introductions", '10:10 2011" <'.repeat(1_500)],
  ])("with a text of %s is read to its end", async (_case, body) => {
    const mail = await parse({ body });
    expect(mail).toMatchObject({ parseProblem: null, text: body.trim(), visibleText: body.trim() });
  });

  test("with HTML too deep to sanitise is shown as text", async () => {
    const mail = await parse(html(`${"<div>".repeat(180_000)}Please help`));
    expect(mail).toMatchObject({
      html: null,
      text: "Please help",
      visibleText: "Please help",
      parseProblem: `Its formatted version could not be made safe to show. ${SEE_ORIGINAL}`,
    });
  });

  test("with HTML of more than a megabyte is shown as text", async () => {
    const mail = await parse(html(`<p>Please help</p>${"<p>more</p>".repeat(120_000)}`));
    expect(mail.html).toBeNull();
    expect(mail.text).toMatch(/^Please help\n\nmore/);
    expect(mail.parseProblem).toBe(
      `Its formatted version is longer than 1 MB; only the text is shown. ${SEE_ORIGINAL}`,
    );
  });

  test("with a text of more than a megabyte is cut and says so", async () => {
    const mail = await parse({ body: "é".repeat(700_000) });
    expect(Buffer.byteLength(mail.text)).toBe(1_000_000);
    expect(mail.parseProblem).toBe(`Its text is longer than 1 MB and was cut. ${SEE_ORIGINAL}`);
  });

  test("in the slow lane does not delay an ordinary one", async () => {
    let ended = 0;
    const groups = { header: { To: "g:a;".repeat(200_000) } };
    const slow = Array.from({ length: 3 }, () => parse(groups).finally(() => (ended += 1)));
    const quick = await parseOrdinaryMail(rawMail({ body: "quick" }), "of the ledger");
    expect(quick).toMatchObject({ text: "quick" });
    expect(ended).toBe(0);
    await Promise.all(slow);
  });
});

test("every mail that waits for a thread is parsed, although each one before it was cut off and took its thread along", async () => {
  const slow = rawMail({ header: { To: "g:a;".repeat(180_000) }, body: "x" });
  const parsed = await Promise.all(Array.from({ length: 6 }, () => parseOrdinaryMail(slow, "hash", 1)));
  expect(parsed).toEqual(Array.from({ length: 6 }, () => null));
});
