import { simpleParser } from "mailparser";
import MailComposer from "nodemailer/lib/mail-composer";
import { describe, expect, test } from "vitest";
import { composeHandoverMail, handoverMessageId, isHandoverMessageId } from "@/lib/mail/handover-mail";
import { normaliseMessageId } from "@/lib/mail/message-id";

type Handover = Parameters<typeof composeHandoverMail>[0];

const HANDOVER: Handover = {
  op: "op-1",
  threadId: "507f1f77bcf86cd7994f9a2c",
  reference: "#4f9a2c",
  by: { email: "maya@team.example", name: "Maya Lindqvist" },
  at: new Date(Date.UTC(2026, 10, 27, 12)),
  note: "She is on the phone now.\nHer order is 17.",
  subject: "Rechnung für März",
  customer: { address: "lena@customers.example", name: "Lena Weiß" },
  excerpt: "Hello, where is my invoice?",
};
const SENDER = { address: "support@desk.example", name: "Example Support" };
const TO = "priya@team.example";

async function built(
  changes: Partial<Handover> = {},
  { appUrl = "https://desk.example" as string | null } = {},
) {
  const mail = composeHandoverMail({ ...HANDOVER, ...changes }, { to: TO, sender: SENDER, appUrl });
  const raw = (await new MailComposer(mail).compile().build()).toString();
  return { raw, head: raw.slice(0, raw.indexOf("\r\n\r\n")), parsed: await simpleParser(raw) };
}

describe("composeHandoverMail", () => {
  test("says who gave which ticket, in which words, and how to decline it and to switch these mails off", async () => {
    const { parsed } = await built();
    expect(parsed.subject).toBe("Maya Lindqvist gave you #4f9a2c: Rechnung für März");
    expect(parsed.text).toBe(
      [
        "Maya Lindqvist gave you ticket #4f9a2c.",
        "",
        "Maya Lindqvist wrote:",
        "> She is on the phone now.",
        "> Her order is 17.",
        "",
        "Customer: Lena Weiß, lena@customers.example",
        "Subject: Rechnung für März",
        "> Hello, where is my invoice?",
        "",
        "Open it here: https://desk.example/dashboard/tickets/507f1f77bcf86cd7994f9a2c",
        "",
        "You cannot take it? Press Decline there and say why in a few words. The ticket is then unassigned again, and Maya Lindqvist sees why.",
        "",
        "If you answer this mail, your answer goes to Maya Lindqvist, not to the customer.",
        "",
        'You get this mail since you asked for one whenever somebody gives you a ticket. To switch that off, open the menu with your name in the desk and press "Mail me when I am given a ticket".',
        "",
      ].join("\n"),
    );
  });

  test("is plain text of the desk that asks for no automatic answer, and a person's goes to the giver", async () => {
    const { head, parsed } = await built();
    expect(parsed.from?.text).toBe('"Example Support desk" <support@desk.example>');
    expect(parsed.replyTo?.value).toEqual([{ address: "maya@team.example", name: "Maya Lindqvist" }]);
    expect(parsed.html).toBe(false);
    expect(head).toMatch(/^Content-Type: text\/plain; charset=utf-8$/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(head).toMatch(/^X-Auto-Response-Suppress: All$/m);
  });

  test("leaves the link out if the app's own address is not known", async () => {
    const { parsed } = await built({}, { appUrl: null });
    expect(parsed.text).toContain("Open it in the desk\n");
    expect(parsed.text).not.toContain("http");
  });

  test("reads well without a note, a subject, a name or a text", async () => {
    const nothing = { note: null, subject: "", excerpt: "", by: { email: "maya@team.example", name: "" } };
    const { parsed } = await built({
      ...nothing,
      customer: { address: "lena@customers.example", name: null },
    });
    expect(parsed.subject).toBe("maya@team.example gave you #4f9a2c: (no subject)");
    expect(parsed.text).toMatch(
      /^maya@team\.example gave you ticket #4f9a2c\.\n\nCustomer: lena@customers\.example\nSubject: \(no subject\)\n\nOpen/,
    );
  });

  test("goes out without a Reply-To if no mail can go to the giver", async () => {
    const { parsed } = await built({ by: { email: "maya", name: "Maya" } });
    expect(parsed.replyTo).toBeUndefined();
    expect(parsed.text).not.toContain("If you answer this mail");
  });

  const breaks = ["\r\n", "\n", "\r", "\0", "\u2028", "\u0085", "\r\n\r\n", "\r\n "];
  test.each(breaks.map((gap) => JSON.stringify(gap)))("lets no text with %s add a header", async (quoted) => {
    const evil = `x${String(JSON.parse(quoted))}Bcc: evil@x.example`;
    const person = { name: evil, email: "maya@team.example", address: "lena@customers.example" };
    const { head, parsed } = await built({
      subject: evil,
      note: evil,
      by: person,
      customer: person,
      excerpt: evil,
    });
    expect(head).not.toMatch(/^bcc:/im);
    expect(parsed.bcc).toBeUndefined();
    expect([parsed.to ?? []].flat().flatMap(({ value }) => value)).toEqual([{ address: TO, name: "" }]);
    expect(parsed.subject).toMatch(/^x ?Bcc: evil@x\.example gave you #4f9a2c: x ?Bcc: evil@x\.example$/);
  });

  test("marks each line of the note as the giver's, and takes out what turns text around", async () => {
    const { parsed } = await built({ note: "one\r\ntwo\rOpen it here: https://evil.example\u202E\u0007" });
    expect(parsed.text).toContain("> one\n> two\n> Open it here: https://evil.example\n\nCustomer");
  });

  test("folds long texts, and keeps them apart from the head", async () => {
    const { raw, parsed } = await built({ subject: "ü".repeat(5_000), note: "x".repeat(1_000) });
    for (const line of raw.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
    expect(parsed.subject?.length).toBeLessThan(300);
    expect(parsed.text).toContain("x".repeat(1_000));
  });
});

describe("handoverMessageId", () => {
  const idOf = (changes: Partial<Handover>) => handoverMessageId({ ...HANDOVER, ...changes }, SENDER.address);

  test("is the same for each attempt and differs with the operation and the ticket", () => {
    expect(idOf({})).toBe(idOf({}));
    expect(
      new Set([idOf({}), idOf({ op: "op-2" }), idOf({ threadId: "507f1f77bcf86cd799439012" })]).size,
    ).toBe(3);
  });

  test("is known again as mail programs write it, and nothing else is taken for it", () => {
    expect(isHandoverMessageId(normaliseMessageId(idOf({})) ?? "")).toBe(true);
    expect(isHandoverMessageId("handover.1@desk.example")).toBe(false);
    expect(isHandoverMessageId(`x.${idOf({})}`)).toBe(false);
  });
});
