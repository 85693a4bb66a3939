import { describe, expect, test } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { NO_REPORTS } from "@/tests/support/mail/reports/no-reports";
import { LANGUAGE_FORMS } from "@/tests/support/mail/reports/language-forms";
import { PROVIDER_FORMS } from "@/tests/support/mail/reports/provider-forms";
import { REPLY_ID } from "@/tests/support/mail/reports/report-form";
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

describe("no delivery report", () => {
  test.each(NO_REPORTS)("is seen in %s", async (_name, mail) => {
    const { report, parseProblem } = await parseForm(mail);
    expect({ report, parseProblem }).toEqual({ report: null, parseProblem: null });
  });
});
