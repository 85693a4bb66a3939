import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDeliveryReport } from "@/lib/mail/delivery-report";
import { parseMail } from "@/lib/mail/parse";
import { EMPTY_HEAD } from "@/lib/mail/parsed-mail";
import { LANGUAGE_FORMS } from "@/tests/support/mail/reports/language-forms";
import { PROVIDER_FORMS } from "@/tests/support/mail/reports/provider-forms";
import { partsReport, returnedHeader, statusPart, textPart } from "@/tests/support/mail/reports/report-form";
import { SERVER_FORMS } from "@/tests/support/mail/reports/server-forms";
import { STANDARD_FORMS } from "@/tests/support/mail/reports/standard-forms";

const FORMS = [...STANDARD_FORMS, ...SERVER_FORMS, ...PROVIDER_FORMS, ...LANGUAGE_FORMS];
const DAEMON = "MAILER-DAEMON@mx.relay.example";

const HOSTILE = [
  ...[
    "<",
    ">",
    "@",
    "a@",
    "<a@b.example>\n",
    "<a@b.example>: ",
    " ",
    "\n",
    "\n\n",
    "a",
    "-",
    "- ",
    ":",
    "a:",
    "a:\n",
  ],
  ...["Final-Recipient:", "Final-Recipient: rfc822; a@b.example\n", "Action: failed\n\n", "Message-ID: <\n"],
  ...[
    "message ",
    "mail could ",
    "delivery of ",
    "550 ",
    "550-5.1.1 ",
    "5.1.1 ",
    "mailbox ",
    "user not ",
    "will ",
  ],
  ...[
    "Reason: ",
    "To: ",
    "\\x{41}",
    "(",
    '"',
    "'",
    "--copy ",
    "Received: x\n",
    "delivery ",
    "no ",
    "non ",
    "配信",
  ],
];

/** The result of `work` and the time it takes on its thread: other work on the machine does not count. */
function timed<Value>(work: () => Value): { value: Value; ms: number } {
  const begun = process.threadCpuUsage();
  const value = work();
  const { user, system } = process.threadCpuUsage(begun);
  return { value, ms: (user + system) / 1_000 };
}

describe("a hostile report", () => {
  test.each(HOSTILE)("of megabytes of %j is read at once", (piece) => {
    const text = piece.repeat(Math.ceil(2_000_000 / piece.length));
    const content = Buffer.from(text);
    const parts = ["message/delivery-status", "message/rfc822", "application/octet-stream"].map(
      (contentType) => ({
        contentType,
        content,
      }),
    );
    const signals = { ...EMPTY_HEAD.signals, reportType: "delivery-status" };
    const head = { ...EMPTY_HEAD, subject: text.slice(0, 998), signals };
    const lines = [{ key: "x-failed-recipients", line: `X-Failed-Recipients: ${text.slice(0, 60_000)}` }];
    const read = () => readDeliveryReport({ head, lines, text, html: null, parts: [...parts, ...parts] });
    read();
    const { value: report, ms } = timed(read);
    expect(ms).toBeLessThan(50);
    expect(report?.messageIds.length).toBeLessThanOrEqual(50);
    expect(report?.recipients.length).toBeLessThanOrEqual(20);
    expect(report?.detail.length).toBeLessThanOrEqual(500);
  });

  test("keeps its first 20 failed recipients and 50 ids, each once", async () => {
    const numbers = Array.from({ length: 120 }, (_, index) => index);
    const blocks = numbers.map((n) => `Final-Recipient: rfc822; c${n}@customer.example\nAction: failed`);
    const ids = numbers.map((n) => `<id-${n}@desk.example> <ID-${n}@desk.example>`).join("\n");
    const mail = partsReport({ from: DAEMON, subject: "Failed" }, [
      textPart(`${ids}\n${ids}`),
      statusPart(...blocks, ...blocks),
      returnedHeader,
    ]);
    const { report } = await parseMail(Buffer.from(mail), "of the ledger");
    expect(report?.recipients.map(({ address }) => address)).toEqual(
      numbers.slice(0, 20).map((n) => `c${n}@customer.example`),
    );
    expect(new Set(report?.messageIds).size).toBe(50);
    expect(report?.messageIds).toHaveLength(50);
  });

  test("is read without a failure, whatever is cut off, doubled or in another order", async () => {
    const damaged = fc
      .record({
        form: fc.constantFrom(...FORMS),
        end: fc.double({ min: 0, max: 1, noNaN: true }),
        swaps: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
      })
      .map(({ form, end, swaps }) => {
        const lines = form.mail.slice(0, Math.ceil(form.mail.length * end)).split("\n");
        for (const [from, to] of swaps) lines[to % lines.length] = lines[from % lines.length] ?? "";
        return lines.join("\r\n");
      });
    await fc.assert(
      fc.asyncProperty(damaged, async (mail) => {
        const { parseProblem, report } = await parseMail(Buffer.from(mail), "of the ledger");
        expect(parseProblem).toBeNull();
        expect(report?.detail.length ?? 0).toBeLessThanOrEqual(500);
      }),
      { numRuns: 300 },
    );
  });
});
