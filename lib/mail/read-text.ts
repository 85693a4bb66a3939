// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import { cleanText, cutToBytes } from "./clean-text.ts";
import { readForward } from "./forwarded.ts";
import { htmlToText } from "./html-to-text.ts";
import { HTML_MAX_BYTES, TEXT_MAX_BYTES, type ReadText } from "./parsed-mail.ts";
import { visiblePart } from "./visible-part.ts";

/** Sanitising makes links longer; a body that grows beyond this is not stored. */
export const SHOWN_HTML_MAX_BYTES = 2 * HTML_MAX_BYTES;

export type Body = { text: string; html: string; subject: string };

/** The text, or that of the HTML if it is empty; the part to show first, which is all of a forward; whose mail it forwards. */
export function readBody({ text, html, subject }: Body): ReadText {
  const whole = text === "" ? cleanText(htmlToText(cutToBytes(html, SHOWN_HTML_MAX_BYTES))) : text;
  const cut = cutToBytes(whole, TEXT_MAX_BYTES);
  const forward = readForward(subject, cut);
  return {
    text: cut,
    visibleText: forward ? cut : visiblePart(cut),
    forwardedFrom: forward?.from ?? null,
  };
}
