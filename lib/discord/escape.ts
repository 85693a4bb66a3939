import "server-only";

const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;
const SPACES = /[\t\v\f\p{Zs}]/gu;
// Controls, direction overrides, zero-width and tag characters, fillers, the blank braille pattern.
const INVISIBLE = /(?!\n)[\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800]/gu;
/** More than four combining marks on one character; living scripts need no more, and a tower covers other lines. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** `text` without invisible characters, in NFC, with plain spaces and line breaks. Not escaped yet. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replace(LINE_BREAKS, "\n")
    .replace(SPACES, " ")
    .replace(INVISIBLE, "")
    .normalize("NFC")
    .replace(STACKED_MARKS, "$1");
}

/** Like `visibleText`, on one line. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/\s+/g, " ").trim();
}

/**
 * Puts a backslash before all ASCII punctuation, so that Discord shows every character as itself. Escaping known markup
 * only is not enough (measured: masked links, subtext, timestamps, `<https://…>`). It does not stop pings;
 * `allowed_mentions` does. Not for the label of a link, where Discord shows the backslashes.
 */
function escapeMarkdown(visible: string): string {
  return visible.replace(PUNCTUATION, "\\$&");
}

/**
 * `visible` escaped and then cut to at most `lengthMax` UTF-16 units: between graphemes, never between a backslash and
 * its character, and with "…" at the end if something was cut.
 */
export function escapeWithin(visible: string, lengthMax: number): string {
  if (lengthMax < 1) return "";
  let escaped = "";
  let fitting = "";
  for (const { segment } of graphemes.segment(visible)) {
    escaped += escapeMarkdown(segment);
    if (escaped.length > lengthMax) return `${fitting.trimEnd()}…`;
    if (escaped.length < lengthMax) fitting = escaped;
  }
  return escaped;
}
