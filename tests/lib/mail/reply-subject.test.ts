import { describe, expect, test } from "vitest";
import { replySubject } from "@/lib/mail/compose";

/** "Re:" and "Fwd:" as mail programs write them, alone and piled up, and the marks of gateways. */
const PREFIXES = [
  ...[
    "Re: ",
    "RE : ",
    "re:",
    "Ré: ",
    "ＲＥ：",
    "AW: Re: AW: ",
    "Antwort: Re: Antwort: ",
    "Antw: ",
    "SV: ",
    "VS: ",
  ],
  ...[
    "Ynt: Re: ",
    "Yan: ",
    "YANIT: ",
    "R: Re: R: ",
    "RES: ",
    "RIF: ",
    "Odp: ",
    "Vá: ",
    "VA\u0301: ",
    "Atb: ",
  ],
  ...["ΑΠ: Re: ", "Ατ: ", "Σχετ: ", "ΣΧΕΤ: ", "Ответ: ", "НА: ", "Ref: ", "BLS: ", "Trả lời: ", "회신: "],
  ...["תשובה: ", "\u200fRe: \u200fתשובה: ", "رد: ", "回复：Re: ", "回覆: ", "答复: ", "返信: "],
  ...["Re[2]: ", "Re(3): ", "Re*2: ", "Re^4: ", "RE [12] : "],
  ...[
    "Fwd: ",
    "FW: Re: ",
    "TR: Re: ",
    "WG: AW: ",
    "RV: ",
    "I: ",
    "Enc: ",
    "PD: ",
    "VB: ",
    "HL: ",
    "İLT: ",
    "ilt: ",
  ],
  ...["Doorst: ", "פ': ", "إعادة توجيه: ", "转发: ", "転送: "],
  ...[
    "[EXTERNAL] Re: ",
    "Re: [EXT] Re: ",
    "EXTERNAL: ",
    "[External Email] ",
    "[CAUTION: EXTERNAL] ",
    "(EXT) ",
  ],
  ...["***SPAM*** Re: ", "[Extern] AW: "],
];

describe("replySubject", () => {
  test.each(PREFIXES)("writes one Re: for %j", (prefix) => {
    expect(replySubject(`${prefix}Kettle leaks`)).toBe("Re: Kettle leaks");
  });

  test.each([
    "RES publica is open",
    "Regarding: rent",
    "Art: exhibition",
    "Svelte: how to log in",
    "Resend my key",
    "Aw, it broke again",
    "R2D2: offline",
    "R & D: budget",
    "I : think",
    "In: out",
    "External: monitor is dark",
    "Kettle leaks (Re: yours)",
  ])("keeps the words of %j", (subject) => expect(replySubject(subject)).toBe(`Re: ${subject}`));

  test.each([
    ["[team] Kettle leaks", "Re: [team] Kettle leaks"],
    ["[team] Re: [team] Kettle leaks", "Re: [team] Kettle leaks"],
    ["Re: [team] AW: [EXTERNAL] [shop] Re: Kettle", "Re: [team] [shop] Kettle"],
    ["[ticket 12]", "Re: [ticket 12]"],
  ])("keeps a list's tag once, after the Re:, in %j", (subject, expected) => {
    expect(replySubject(subject)).toBe(expected);
  });

  test.each([
    ["", "Re: (no subject)"],
    ["Re:", "Re: (no subject)"],
    ["Re: [EXTERNAL]", "Re: (no subject)"],
    ["a\r\nBcc: b\0c\u2028d", "Re: a Bcc: b c d"],
  ])("answers %j with %j", (subject, expected) => expect(replySubject(subject)).toBe(expected));

  test("shortens a hostile subject within half a second", () => {
    const startedAt = performance.now();
    for (const part of ["re ", "re:", "re[1", "[", "[a]", "*", "external ", "\u200f", "\u2028", "\ud83d"]) {
      expect(replySubject(part.repeat(200_000)).length).toBeLessThan(1_000);
    }
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
