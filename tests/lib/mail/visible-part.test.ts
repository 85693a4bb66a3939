import { describe, expect, test } from "vitest";
import { visiblePart } from "@/lib/mail/visible-part";

const INTRODUCTIONS = [
  "On Mon, Nov 16, 2026 at 9:00 AM Desk <d@desk.example> wrote:",
  "On Mon, Nov 16, 2026 at 9:00 AM Desk\n<d@desk.example> wrote:",
  "On Mon, Nov 16, 2026 at 9:00 AM Desk\n<d@desk.example>\nwrote:",
  "---- On Mon, 16 Nov 2026 09:00:00 +0100 Desk <d@desk.example> wrote ----",
  "Desk <d@desk.example> on Mon, 16 Nov 2026 at 09:00 wrote:",
  "Le lun. 16 nov. 2026 à 09:00, Desk <d@desk.example> a écrit :",
  "El lun, 16 nov 2026 a las 9:00, Desk (<d@desk.example>) escribió:",
  "Il giorno lun 16 nov 2026 alle ore 09:00 Desk <d@desk.example> ha scritto:",
  "In data lunedì 16 novembre 2026 Desk ha scritto:",
  "Em seg., 16 de nov. de 2026 às 09:00, Desk <d@desk.example> escreveu:",
  "Am Mo., 16. Nov. 2026 um 09:00 Uhr schrieb Desk <d@desk.example>:",
  "Am 16.11.2026 um 09:00 schrieb Desk:",
  "Desk <d@desk.example> schrieb:",
  "Op ma 16 nov. 2026 om 09:00 schreef Desk\n<d@desk.example>:",
  "W dniu 16.11.2026 o 09:00, Desk pisze:",
  "Dnia 16 listopada 2026 09:00 Desk <d@desk.example> napisał(a):",
  "Den mån 16 nov. 2026 kl 09:00 skrev Desk <d@desk.example>:",
  "man. 16. nov. 2026 kl. 09.00 skrev Desk <d@desk.example>:",
  "pe 16. marrask. 2026 klo 9.00 Desk (d@desk.example) kirjoitti:",
  "ср, 16 нояб. 2026 г. в 09:00, Desk <d@desk.example>:",
  "在 2026年11月16日，09:00，Desk <d@desk.example> 写道：",
  "2026. 11. 16. 오전 9:00, Desk <d@desk.example> 작성:",
  "2026/11/16 9:00、Desk <d@desk.example>のメッセージ:",
  "2026-11-16 09:00 GMT+01:00 Desk <d@desk.example>:",
  '16.11.2026, 09:00, "Desk" <d@desk.example>:',
  "From: Desk <d@desk.example>",
  "From: Desk [mailto:d@desk.example]",
  "Von: Desk <d@desk.example>",
  "De : Desk <d@desk.example>",
  "Van: Desk <d@desk.example>",
  "Da: Desk <d@desk.example>",
  "-----Original Message-----",
  "-----Ursprüngliche Nachricht-----",
  "----- Message d'origine -----",
];
const SIGNATURES = [
  "-- \nAnn Lee",
  "___\nAnn Lee",
  "Sent from my iPhone",
  "Get Outlook for iOS",
  "Kind regards,\nAnn",
  "Cheers!\nAnn",
  "Von meinem iPhone gesendet",
  "Gesendet von Mail für Windows",
  "Envoyé de mon iPhone",
  "Bien à vous,\nAnn",
  "Enviado desde mi iPhone",
  "Verstuurd vanaf mijn iPhone",
];

describe("visiblePart", () => {
  test.each(INTRODUCTIONS)("hides what stands below %j", (introduction) => {
    expect(visiblePart(`Thanks!\n\nIt works.\n\n${introduction}\n\nPlease try again.\n\nDesk`)).toBe(
      "Thanks!\n\nIt works.",
    );
    expect(visiblePart(`Thanks!\n\n${introduction}\n> Please try again.\n>\n> Desk`)).toBe("Thanks!");
  });

  test.each(SIGNATURES)("hides the signature %j", (signature) => {
    expect(visiblePart(`It works.\n\n${signature}`)).toBe("It works.");
  });

  test("hides a signature above a quoted mail, and one of two quoted mails in each other", () => {
    const older = "On Mon, 16 Nov 2026 Desk wrote:\n> Try.\n> On Sun, 15 Nov 2026 Ann wrote:\n>> It fails.";
    expect(visiblePart(`It works.\n\n-- \nAnn\n\n${older}`)).toBe("It works.");
  });

  test.each([
    ["an answer between the quotes", "> Which one?\nThe red one.\n> Which size?\nThe large one."],
    ["an answer below the quote", "On Mon, 16 Nov 2026 Desk wrote:\n> Which one?\n\nThe red one."],
    ["nothing but a quote", "> Which one?"],
    ["no quote", "Hello,\n\n\n\nplease help me.\n\nAnn"],
    ["a dash list and a title", "Title\n=====\n- one\n- two"],
    ["nothing", ""],
  ])("shows all of a text with %s", (_case, text) => {
    expect(visiblePart(text)).toBe(text);
  });

  test("hides the quote of a text of a megabyte, and keeps a long line whole", () => {
    const long = "word ".repeat(20_000).trim();
    const quoted = "> Please try again.\n".repeat(45_000);
    expect(visiblePart(`${long}\n\nOn Mon, 16 Nov 2026 Desk wrote:\n${quoted}`)).toBe(long);
  });
});
