import { describe, expect, test } from "vitest";
import { readForward } from "@/lib/mail/forwarded";
import { formsIn, LANGUAGES } from "./forward-forms";

const KIM = { address: "kim@buyer.example", name: "Kim Ødegård" };
const GMAIL =
  "---------- Forwarded message ---------\nFrom: Kim Ødegård <kim@buyer.example>\nSubject: Cable\n\nHello";
const HEAD = "From: Kim Ødegård <kim@buyer.example>\nSent: Thursday\nTo: Tomás\nSubject: Cable\n\nHello";

describe.each(Object.keys(LANGUAGES))("a forward in %s", (language) => {
  test.each(formsIn(language))("by $form names its first sender", ({ subject, text }) => {
    expect(readForward(subject, text)).toEqual({ from: KIM });
  });

  test.each(formsIn(language))("by $form names its first sender below a note", ({ subject, text }) => {
    const note = "Can somebody take this?\n\nIt is urgent: today.\n\n--\nTomás\n\n";

    expect(readForward(subject, note + text)).toEqual({ from: KIM });
  });

  test.each(formsIn(language).filter(({ form }) => !form.startsWith("Outlook")))(
    "by $form is one even if its subject was changed",
    ({ text }) => expect(readForward("Who takes this?", text)).toEqual({ from: KIM }),
  );
});

describe("a forward", () => {
  test.each([
    "Fwd: a",
    "FWD: a",
    "fw: a",
    "Fw:a",
    "[EXTERNAL] Fwd: a",
    "EXT: [team] FW: a",
    "WG : a",
    "转发：a",
    "Fwd: Re: a",
  ])("is known by the subject %j", (subject) =>
    expect(readForward(subject, `Please\n\n${HEAD}`)).toEqual({ from: KIM }),
  );

  test.each([
    ["bold labels", HEAD.replace("From:", "*From:*").replace("Sent:", "*Sent:*")],
    ["links", HEAD.replace("<kim@buyer.example>", "<kim@buyer.example<mailto:kim@buyer.example>>")],
    ["quotes around the name", HEAD.replace("Kim Ødegård", '"Kim Ødegård"')],
    ["a line above its head", `-----Original Message-----\n${HEAD}`],
    ["Windows line ends", HEAD.replaceAll("\n", "\r\n")],
  ])("with %s names its first sender", (_, text) => {
    expect(readForward("FW: Cable", text)).toEqual({ from: KIM });
  });

  test("of a forward names the sender of the outer one", () => {
    const inner = GMAIL.replaceAll("kim@buyer.example", "other@inner.example");

    expect(readForward("Fwd: Cable", GMAIL.replace("Hello", inner))).toEqual({ from: KIM });
  });

  test("by Outlook 2019 names the sender in the line above it", () => {
    const text = 'Look\n\nOn 26/11/2026, 09:00, "Kim Ødegård" <kim@buyer.example> wrote:\n\n    Hello';

    expect(readForward("FW: Cable", text)).toEqual({ from: KIM });
  });

  test.each([
    ["a name alone", HEAD.replace(" <kim@buyer.example>", "")],
    ["no usable address", HEAD.replace("kim@buyer.example", "kim@buyer@example")],
    ["nothing of the mail", "See the file."],
    ["a line that begins as a head", "From: Kim <kim@buyer.example> I got a parcel."],
  ])("with %s is one from nobody known", (_, text) => {
    expect(readForward("Fwd: Cable", text)).toEqual({ from: null });
  });

  test("of a name longer than any has it cut, and of an address in Unicode has it in ASCII", () => {
    const long = HEAD.replace("Kim Ødegård", "K".repeat(400)).replace("buyer.example", "büro.example");

    expect(readForward("Fwd: a", long)?.from).toEqual({
      address: "kim@xn--bro-hoa.example",
      name: "K".repeat(200),
    });
  });
});

describe("no forward is", () => {
  const answer = "Thanks!\n\nOn Thu, Nov 26, 2026 at 9:00 AM Kim <kim@buyer.example> wrote:\n\n> Hello";
  const outlook = `Thanks!\n\n${"_".repeat(32)}\n${HEAD}`;

  test.each([
    ["an answer that quotes", "Re: Cable", answer],
    ["an answer that quotes, with a subject of its own", "Cable", answer],
    ["an answer that quotes a mail by Outlook 2019", "Cable", answer.replace("Kim", '"Kim"')],
    ["an answer without a subject", "", answer.replace("Kim", '"Kim"')],
    ["an answer in German", "AW: Cable", "Danke\n\nAm 26.11.26 schrieb Kim <kim@buyer.example>:\n> Hallo"],
    ["an answer by Outlook", "RE: Cable", outlook],
    ["an answer by Outlook, with a subject of its own", "Cable", outlook],
    [
      "an answer below another mail program's line",
      "Cable",
      `Hi\n---------- Original Message ----------\n${HEAD}`,
    ],
    ["an answer in Finnish", "VS: Kaapeli", `Kiitos\n\n${HEAD.replace("From", "Lähettäjä")}`],
    ["an answer to a forward", "Re: Fwd: Cable", `Thanks\n\n${GMAIL}`],
    ["an answer that quotes a forward", "Cable", `${answer}\n>\n> ${GMAIL.replaceAll("\n", "\n> ")}`],
    [
      "an answer above a forward that it does not mark as quoted",
      "Cable",
      `${answer.replace("> Hello", GMAIL)}`,
    ],
    ["a mail that speaks of a head", "Strange mail", `I got this:\n\n${HEAD}`],
    ["a mail without words", "", ""],
  ])("%s", (_, subject, text) => {
    expect(readForward(subject, text)).toBeNull();
  });

  test("an answer that kept a forward's subject, from the one who is quoted", () => {
    expect(readForward("Fwd: Cable", answer.replace("Kim", '"Kim"'))).toEqual({ from: null });
  });
});

describe("a hostile text is read in a time that grows no faster than its length", () => {
  const times = (words: string, size: number) => words.repeat(Math.ceil(size / words.length));

  test.each([
    "<",
    "<>",
    "\n",
    " ",
    " \n",
    ">\n",
    "From:<",
    "From: a <\n",
    "From: a <a@b.example>\n",
    "---------- Forwarded message ---------\n",
    `${times("<a> kirjoitti b ", 160)}\n`,
    `${times("x időpontban <(a)> ", 80)}\n`,
    `${times('On a, "a" <b> wrote ', 80)}\n`,
    `${times('D skrev "a" <b> skrev "', 90)}\n`,
    `${times("a <b> skrev følgende den ", 230)}\n`,
    "\t\u00a0",
    "To: a\n",
    "aSubject: ",
    `${"_".repeat(32)}\n`,
    "<@>:\n",
    "<@>:\n>\n",
    `${"<".repeat(21)}\n`,
    ">\r>\u2028",
  ])("%j again and again", (words) => {
    for (const size of [100_000, 1_000_000]) {
      const text = `Begin forwarded message:\n${times(words, size)}`;
      const { user } = cpuTime(() => ["Fwd: a", "VS: a", "a"].map((subject) => readForward(subject, text)));
      expect(user).toBeLessThan(1_500);
    }
  });
});

function cpuTime(work: () => unknown): { user: number } {
  const before = process.cpuUsage();
  work();
  return { user: process.cpuUsage(before).user / 1_000 };
}
