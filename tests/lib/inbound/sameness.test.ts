import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRawMail } from "@/lib/inbound/ledger";
import { trusted } from "@/lib/store/db";
import { InboundEmail } from "@/models/InboundEmailModel";
import { rawMail, receive } from "@/tests/support/factories/inbound-mails";

const bytes = (text: string) => Buffer.from(text, "latin1");

async function rowsOf(mails: Buffer[]): Promise<number> {
  const receipts = await Promise.all(mails.map((mail) => receive(mail)));
  const ids = [...new Set(receipts.map(({ ledgerId }) => ledgerId))];
  expect(await InboundEmail.countDocuments({ _id: trusted({ $in: ids }) })).toBe(ids.length);
  return ids.length;
}

describe("two arrivals of one mail share a row", () => {
  const mail =
    "From: a@example.com\r\nSubject: Hi\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nHello\r\nyou\r\n";
  test.each([
    ["line ends of LF", mail.replaceAll("\r\n", "\n")],
    ["line ends at its end", `${mail}\r\n\r\n`],
    ["a relay's trace", `Received: from a\r\n\tby b; today\r\n${mail}`],
    [
      "trace in the middle",
      mail.replace("Subject", "DKIM-Signature: v=1;\r\n b=x\r\nX-Google-Smtp-Source: y\r\nSubject"),
    ],
    ["trace after the other fields", mail.replace("\r\n\r\n", "\r\nARC-Seal: i=1\r\n\r\n")],
  ])("if they differ in %s", async (_case, other) => {
    expect(await rowsOf([bytes(mail), bytes(other)])).toBe(1);
  });
});

describe("two mails have rows of their own", () => {
  const each = (make: (index: number) => string) =>
    Array.from({ length: 64 }, (_, index) => bytes(make(index)));
  const trace = "Received: from mx.example.com by desk";
  test.each([
    ["bare CR as line end and Received first", (i: number) => `${trace}\rFrom: c@example.com\r\rBody ${i}\r`],
    ["one bare CR in the head", (i: number) => `${trace}\rSubject: ${i}\r\nFrom: c@example.com\r\n\r\nBody`],
    [
      "text after a bare CR in a field",
      (i: number) => `From: c@example.com\nSubject: a\rReceived: ${i}\n\nBody`,
    ],
    ["nothing but trace fields", (i: number) => `${trace} ${i}\r\nReturn-Path: <${i}@example.com>\r\n\r\n`],
    [
      "trace fields and a body, but no sender",
      (i: number) => `${trace} ${i}\r\nMIME-Version: 1.0\r\n\r\nBody`,
    ],
    [
      "an empty From and senders in trace fields",
      (i: number) => `Return-Path: <${i}@example.com>\nFrom: \n\nBody`,
    ],
    ["their text before the blank line", (i: number) => `${trace}\nText ${i}\nFrom: c@example.com\n\nBody`],
    [
      "a line of blanks before the blank line",
      (i: number) => `From: c@example.com\n${trace}\n \n ${i}\n\nBody`,
    ],
    ["no head", (i: number) => `\n${trace} ${i}\nFrom: c@example.com\n\nBody`],
    ["no blank line", (i: number) => `${trace}\nFrom: c@example.com\nSubject: ${i}`],
    ["8-bit field names", (i: number) => `${trace}\nFr\xf6m: c@example.com\nReceived: ${i}\n\nBody`],
    [
      "lines in the body that look like trace fields",
      (i: number) => `From: c@example.com\n\nReceived: ${i}\n`,
    ],
    [
      "a head of more than 5,000 lines",
      (i: number) => `From: c@example.com\n${"a:\n".repeat(5_000)}Received: ${i}\n\nBody`,
    ],
    [
      "a head of more than 256 KB",
      (i: number) => `From: c@example.com\nX-Long: ${"x".repeat(256 * 1024)}\nReceived: ${i}\n\nBody`,
    ],
  ])("if they have %s", async (_case, make) => {
    expect(await rowsOf(each(make))).toBe(64);
  });
});

// A mail as its reader sees it: without trace fields, and with every line end as LF. Any of CRLF, CR and LF ends a line.
const TRACE =
  /^(received|return-path|delivered-to|x-received|x-original-to|x-forwarded-(to|for|encrypted)|dkim-signature|domainkey-signature|arc-[a-z-]+|authentication-results|received-spf|x-google-[a-z-]+|x-gm-[a-z-]+)[ \t]*:/i;
function withoutTrace(mail: Buffer): { head: string; whole: string } {
  const lines = mail
    .toString("latin1")
    .replace(/[\r\n]+$/, "")
    .split(/\r\n|\r|\n/);
  const end = lines.indexOf("");
  const head: string[] = [];
  let isTrace = false;
  for (const line of end < 0 ? lines : lines.slice(0, end)) {
    if (!/^[ \t]/.test(line)) isTrace = TRACE.test(line);
    if (!isTrace) head.push(line);
  }
  return { head: head.join("\n"), whole: [...head, ...(end < 0 ? [] : lines.slice(end))].join("\n") };
}

const FIELDS = [
  "From: a@example.com",
  "From:",
  "Subject: one",
  "Subject: two\r\n folded",
  "Message-ID: <a@example.com>",
  "Received: by one",
  "Received: by two",
  "Received: by one\n\tfolded\r\n  again",
  "Received : spaced",
  "DKIM-Signature: v=1;\r\n b=x",
  "X-Google-Id-x: y",
  "Return-Path:",
  "no colon",
  " continued",
  "\t",
  "N\xe4me: \xff\xfe",
  "",
];
const PIECES = ["\r", "\n", "\r\n", "\r\r", "\n\n", "\0", " ", ":", "\xe9", "a", "Received: x", "From: b@b"];
const lineEnd = fc.constantFrom("\r\n", "\n", "\r");
const lines = (from: string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...from), lineEnd), { maxLength: 6 }).map((all) => all.flat().join(""));
const wellFormed = fc
  .tuple(
    fc.array(fc.constantFrom(...FIELDS.filter((field) => /^[\w-]+: /.test(field))), { maxLength: 6 }),
    fc.constantFrom("\r\n", "\n"),
    lines(["Hello", "Received: by me", " indented", ".", "\xfc"]),
  )
  .map(([fields, end, body]) => ["From: a@example.com", ...fields, "", body].join(end));
const hostile = fc
  .tuple(lines(FIELDS), lineEnd, lines([...FIELDS, ...PIECES]))
  .map((parts) => parts.join(""));
const anyMail = fc.oneof(
  { weight: 3, arbitrary: wellFormed },
  hostile,
  fc.string({ unit: "binary", maxLength: 30 }),
);
/** Another version of a mail: bytes changed anywhere, and lines put in or taken out. */
const change = fc.oneof(
  fc
    .tuple(fc.nat(), fc.nat({ max: 3 }), fc.constantFrom("", ...PIECES))
    .map(([where, cut, put]) => (mail: string) => {
      const at = where % (mail.length + 1);
      return mail.slice(0, at) + put + mail.slice(at + cut);
    }),
  fc
    .tuple(fc.nat(), fc.nat({ max: 1 }), fc.constantFrom(...FIELDS))
    .map(([where, cut, put]) => (mail: string) => {
      const all = mail.split("\n");
      return all.toSpliced(where % Math.min(all.length, 5), cut, put).join("\n");
    }),
  fc.constant((mail: string) => mail.replaceAll("\r\n", "\n")),
);
const twoMails = fc
  .tuple(anyMail, fc.array(change, { minLength: 1, maxLength: 2 }))
  .map(([mail, changes]) => [bytes(mail), bytes(changes.reduce((text, make) => make(text), mail))] as const);

test("of two byte strings, both are stored, or they differ in trace fields and line ends alone", async () => {
  let shared = 0;
  await fc.assert(
    fc.asyncProperty(twoMails, async ([mail, other]) => {
      fc.pre(!mail.equals(other));
      const [first, second] = [await receive(mail), await receive(other)];
      if (first.ledgerId !== second.ledgerId) {
        expect(withoutTrace((await readRawMail(second.ledgerId)) ?? bytes(""))).toEqual(withoutTrace(other));
        return;
      }
      shared += 1;
      expect(withoutTrace(mail)).toEqual(withoutTrace(other));
      expect(withoutTrace(mail).head).toMatch(/^From:/im);
    }),
    { numRuns: 400 },
  );
  expect(shared).toBeGreaterThan(30); // the test makes pairs of both kinds
}, 120_000);

test("a mail keeps the id that older versions gave it", async () => {
  const header = { Received: "by x\r\n\tfor y" };
  const mail = rawMail({ header, body: "One.\r\n\r\nTwo.\r\n" });
  const kept = mail.toString("latin1").replace("\r\nReceived: by x\r\n\tfor y", "").trimEnd();
  const hashed = `support@desk.example\n${kept.replaceAll("\r\n", "\n")}`;
  const id = createHash("sha256").update(hashed, "latin1").digest("hex");
  expect((await receive(mail)).ledgerId).toBe(id);
});
