import { simpleParser } from "mailparser";
import MailComposer from "nodemailer/lib/mail-composer";
import { describe, expect, test } from "vitest";
import { toAddress } from "@/lib/mail/address";
import { composeMail, inAscii, replyReferences } from "@/lib/mail/compose";

type OutboundMail = Parameters<typeof composeMail>[0];

const MAIL: OutboundMail = {
  rfcMessageId: "<own@desk.example>",
  inReplyTo: "<parent@customers.example>",
  references: ["<first@customers.example>", "<parent@customers.example>", "<own@desk.example>"],
  to: ["lena@customers.example"],
  cc: [],
  subject: "Re: Rechnung für März",
  text: "Grüße,\r\nIhr Team\n\n" + "x".repeat(2_000),
  at: new Date(Date.UTC(2026, 2, 1, 12)),
};
const SENDER = { address: "support@desk.example", name: "Desk Support" };

async function built(mail: Partial<OutboundMail>, sender = SENDER) {
  const raw = (
    await new MailComposer(composeMail({ ...MAIL, ...mail }, sender)).compile().build()
  ).toString();
  return { raw, headers: raw.slice(0, raw.indexOf("\r\n\r\n")), parsed: await simpleParser(raw) };
}

describe("composeMail", () => {
  test("writes a plain-text mail that belongs to its conversation, in UTF-8 and short lines", async () => {
    const { raw, headers, parsed } = await built({});
    expect(parsed.subject).toBe("Re: Rechnung für März");
    expect(parsed.text?.startsWith("Grüße,\nIhr Team\n\nxxx")).toBe(true);
    expect(parsed.messageId).toBe("<own@desk.example>");
    expect(parsed.inReplyTo).toBe("<parent@customers.example>");
    expect(parsed.references).toEqual(MAIL.references);
    expect(parsed.from?.text).toBe('"Desk Support" <support@desk.example>');
    expect(parsed.replyTo?.value[0]?.address).toBe("support@desk.example");
    expect(headers).toMatch(/^Content-Type: text\/plain; charset=utf-8$/m);
    expect(headers).toMatch(/^Content-Transfer-Encoding: quoted-printable$/m);
    expect(headers).toMatch(/^X-Auto-Response-Suppress: OOF$/m);
    expect(headers).not.toMatch(/^Auto-Submitted:/m);
    for (const line of raw.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
  });

  const breaks = ["\r\n", "\n", "\r", "\0", "\u2028", "\r\n\r\n", "\r\n "];
  test.each(breaks.map((gap) => JSON.stringify(gap)))(
    "lets no subject, name or Message-ID with %s add a header",
    async (quoted) => {
      const gap: unknown = JSON.parse(quoted);
      const evil = `x${String(gap)}Bcc: evil@x.example`;
      const { headers, parsed } = await built(
        { subject: evil, inReplyTo: `<a@b>${evil}`, references: [`<a@b>${evil}`, evil, "<c@d>"] },
        { address: SENDER.address, name: evil },
      );
      expect(headers).not.toMatch(/^bcc:/im);
      expect(parsed.bcc).toBeUndefined();
      expect(parsed.inReplyTo).toBeUndefined();
      expect([parsed.references ?? []].flat()).toEqual(["<c@d>"]);
      expect([parsed.to ?? []].flat().flatMap(({ value }) => value)).toEqual([
        { address: "lena@customers.example", name: "" },
      ]);
    },
  );

  test("names every recipient in To and Cc, without display names", async () => {
    const to = ["lena@customers.example", '"front desk"@inn.example', "dots..user.@phones.example"];
    const cc = ["björn@xn--bcker-gra.example", "build@ci_server.example"];
    const { parsed } = await built({ to, cc });
    const read = (field: typeof parsed.to) => [field ?? []].flat().flatMap(({ value }) => value);
    expect(read(parsed.to).map(({ address }) => toAddress(address ?? ""))).toEqual(to);
    expect(read(parsed.cc).map(({ address }) => toAddress(address ?? ""))).toEqual(cc);
    expect([...read(parsed.to), ...read(parsed.cc)].map(({ name }) => name).join("")).toBe("");
  });

  test("names an address beyond ASCII in headers of ASCII, for a server without SMTPUTF8", async () => {
    const mail = composeMail(
      { ...MAIL, to: ["björn@inn.example", "a@inn.example"], cc: ['"ü \\"b"@inn.example'] },
      SENDER,
    );
    const raw = (await new MailComposer(inAscii(mail)).compile().build()).toString();
    expect(raw.slice(0, raw.indexOf("\r\n\r\n"))).toMatch(/^\p{ASCII}*$/u);
    const { to, cc } = await simpleParser(raw);
    expect([to ?? [], cc ?? []].flat().flatMap(({ value }) => value)).toEqual([
      { name: "björn@inn.example", group: [] },
      { name: "", address: "a@inn.example" },
      { name: '"ü \\"b"@inn.example', group: [] },
    ]);
  });

  test("opens no file or address that the text names", async () => {
    const { parsed } = await built({ text: "file:///etc/passwd http://localhost/" });
    expect(parsed.text).toBe("file:///etc/passwd http://localhost/\n");
    expect(parsed.attachments).toEqual([]);
  });
});

describe("replyReferences", () => {
  test("names the conversation oldest first, then the mail it answers, then itself", () => {
    expect(replyReferences(["<a@x>", "<b@x>", "<c@x>", "<a@x>"], "<b@x>", "<own@x>")).toEqual([
      "<a@x>",
      "<c@x>",
      "<b@x>",
      "<own@x>",
    ]);
  });

  test("keeps the first and the latest twenty ids of a long conversation", () => {
    const ids = Array.from({ length: 300 }, (_, index) => `<${index}@x>`);
    const references = replyReferences(ids, "<299@x>", "<own@x>");
    expect(references).toHaveLength(22);
    expect([references[0], references[1], references.at(-2), references.at(-1)]).toEqual([
      "<0@x>",
      "<280@x>",
      "<299@x>",
      "<own@x>",
    ]);
  });

  test("leaves out values that are no Message-IDs", () => {
    expect(replyReferences(["a@x", "<a b@x>", "<a@x>\r\n", ""], null, "<own@x>")).toEqual(["<own@x>"]);
  });
});
