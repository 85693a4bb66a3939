import { describe, expect, test } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { NO_REPORTS } from "@/tests/support/mail/reports/no-reports";
import { LANGUAGE_FORMS } from "@/tests/support/mail/reports/language-forms";
import { PROVIDER_FORMS } from "@/tests/support/mail/reports/provider-forms";
import {
  partsReport,
  REPLY_ID,
  statusPart,
  textPart,
  textReport,
} from "@/tests/support/mail/reports/report-form";
import { SERVER_FORMS } from "@/tests/support/mail/reports/server-forms";
import { STANDARD_FORMS } from "@/tests/support/mail/reports/standard-forms";

const OWN_ID = "0f3c-77.reply+1@desk.example";

/** The form as it arrives when it is about the reply with `OWN_ID`. */
function parseForm(mail: string) {
  const raw = mail.replaceAll(REPLY_ID.slice(1, -1), OWN_ID).replaceAll("\n", "\r\n");
  return parseMail(Buffer.from(raw), "of the ledger");
}

describe.each([
  ["RFC 3464", STANDARD_FORMS],
  ["a mail server", SERVER_FORMS],
  ["a provider", PROVIDER_FORMS],
  ["another language", LANGUAGE_FORMS],
])("a delivery report in the form of %s", (_kind, forms) => {
  test.each(forms.map((form) => [form.name, form] as const))("is read: %s", async (_name, form) => {
    const { report, text } = await parseForm(form.mail);
    expect({
      outcome: report?.outcome,
      recipients: report?.recipients.map(({ address, status }) => [address, status]),
      cause: report?.cause,
      hasId: report?.messageIds.includes(OWN_ID),
    }).toEqual({
      outcome: form.outcome,
      recipients: form.recipients,
      cause: form.cause,
      hasId: form.hasId ?? true,
    });
    expect(report?.detail).toContain(form.detail);
    expect(report?.detail.length).toBeLessThanOrEqual(500);
    expect(text).not.toBe("");
  });
});

describe("a delivery report", () => {
  test("names first the returned mail, then the mails it answers, its former ids and its references", async () => {
    const { report } = await parseForm(
      partsReport(
        {
          from: "MAILER-DAEMON@mx.relay.example",
          subject: "Undelivered Mail Returned to Sender",
          more: [
            "In-Reply-To: <answered@desk.example>",
            "References: <older@desk.example> <newer@desk.example>",
            "X-Original-Message-ID: <former@desk.example>",
          ],
        },
        [
          textPart("Your message <loose@desk.example> to <ann@customer.example> could not be delivered."),
          statusPart("Final-Recipient: rfc822; ann@customer.example\nAction: failed\nStatus: 5.1.1"),
          "Content-Type: text/rfc822-headers\n\nMessage-ID: <Returned@desk.example>\nIn-Reply-To: <asked@customer.example>\nReferences: <first@desk.example>\n <second@desk.example>",
        ],
      ),
    );
    expect(report?.messageIds).toEqual([
      ...["Returned@desk.example", "answered@desk.example", "newer@desk.example", "older@desk.example"],
      ...["former@desk.example", "second@desk.example", "first@desk.example", "asked@customer.example"],
      "loose@desk.example",
    ]);
  });

  test("names whom a mail did not reach, not all of its recipients, and quotes the server without the facts around it", async () => {
    const { report } = await parseForm(
      textReport(
        { from: "postmaster@exchange.customer.example", subject: "Undeliverable: Re: My invoice" },
        "Your message\n\n  To:      ann@customer.example\n  Subject: Re: My invoice\n  Sent:    Thu, 26 Nov 2026 09:10:00 +0100\n\ndid not reach the following recipient(s):\n\nbea@customer.example on Thu, 26 Nov 2026 09:12:40 +0100\n    There is no such account here.",
      ),
    );
    expect(report?.recipients).toEqual([
      { address: "bea@customer.example", status: null, detail: "There is no such account here." },
    ]);
    expect(report?.detail).toBe("There is no such account here.");
  });
});

describe("a delivery report that names a recipient only among the facts of the returned mail", () => {
  test("is about that recipient, and the facts are no words of a server", async () => {
    const { report } = await parseForm(
      textReport(
        { from: "MAILER-DAEMON@mx.relay.example", subject: "Undeliverable mail" },
        "To: ann@customer.example\nSubject: Re: My invoice\n\nThe mailbox is full, so your message was not delivered.",
      ),
    );
    const detail = "The mailbox is full, so your message was not delivered.";
    expect(report?.recipients).toEqual([{ address: "ann@customer.example", status: null, detail }]);
  });
});

describe("no delivery report", () => {
  test.each(NO_REPORTS)("is seen in %s", async (_name, mail) => {
    const { report, parseProblem } = await parseForm(mail);
    expect({ report, parseProblem }).toEqual({ report: null, parseProblem: null });
  });
});
