import { expect, test } from "vitest";
import { parseMail } from "@/lib/mail/parse";
import { multipart, rawMail } from "@/tests/support/factories/inbound-mails";

const KIM = { address: "kim@buyer.example", name: "Kim Moe" };
const HEAD = [
  "From: Kim Moe <kim@buyer.example>",
  "Sent: Thursday",
  "To: Tomas",
  "Subject: Cable",
  "",
  "No cable.",
];
const parsed = (...parts: Parameters<typeof rawMail>) => parseMail(rawMail(...parts), "none");

test("a forward is shown whole below its note, and names its first sender", async () => {
  const body = `Who takes this?\r\n\r\nBest regards,\r\nTomas\r\n\r\n${HEAD.join("\r\n")}`;

  const mail = await parsed({ header: { Subject: "FW: Cable" }, body });

  expect(mail.forwardedFrom).toEqual(KIM);
  expect(mail.visibleText).toBe(mail.text);
  expect(mail.text).toContain("No cable.");
});

test("a forward of HTML alone names its first sender", async () => {
  const html = `<p>Who?</p><div><b>From:</b> Kim Moe &lt;kim@buyer.example&gt;<br><b>Sent:</b> Thursday<br><b>To:</b> Tomas<br><b>Subject:</b> Cable</div><p>No cable.</p>`;
  const header = { Subject: "FW: Cable", "Content-Type": "text/html; charset=utf-8" };

  const mail = await parsed({ header, body: html });

  expect(mail.forwardedFrom).toEqual(KIM);
  expect(mail.visibleText).toContain("No cable.");
});

test("an answer with the same head still has it folded, and forwards nothing", async () => {
  const body = `Thanks\r\n\r\n${HEAD.join("\r\n")}`;

  const mail = await parsed({ header: { Subject: "Re: Cable" }, body });

  expect(mail.forwardedFrom).toBeNull();
  expect(mail.visibleText).toBe("Thanks");
});

const NOTE = "Content-Type: text/plain\r\n\r\nWho takes this?";
const ATTACHED =
  "Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n" +
  "From: Kim Moe <kim@buyer.example>\r\nSubject: Cable\r\n\r\nNo cable.\r\n";

test.each([
  ["a mail that is attached names its sender", "Cable", [NOTE, ATTACHED], KIM],
  ["a mail that is attached to an answer does not", "Re: Cable", [NOTE, ATTACHED], null],
  ["two mails that are attached do not", "Cable", [NOTE, ATTACHED, ATTACHED], null],
])("%s", async (_, subject, parts, sender) => {
  const { header, body } = multipart("mixed", ...parts);

  const mail = await parsed({ header: { ...header, Subject: subject }, body: body ?? "" });

  expect(mail.forwardedFrom).toEqual(sender);
  expect(mail.text).toBe("Who takes this?");
});

test("a returned mail is no forward", async () => {
  const report = multipart("report; report-type=delivery-status", NOTE, ATTACHED);

  expect((await parsed(report)).forwardedFrom).toBeNull();
});
