import "server-only";

const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/g;
const SPACES = /[\t\v\f\p{Zs}]/gu;
// Controls, direction overrides, zero-width and tag characters, fillers, the blank braille pattern.
const INVISIBLE = /(?!\n)[\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800]/gu;
/** Combining marks kept on one base. Living scripts need four at most; more is a tower over the neighbouring lines. */
const STACKED_MARKS = /(\p{M}{4})\p{M}+/gu;
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** `text` with nothing in it that cannot be seen, in NFC, spaces and line breaks made plain. Not escaped yet. */
export function visibleText(text: string): string {
  return text
    .toWellFormed()
    .replace(LINE_BREAKS, "\n")
    .replace(SPACES, " ")
    .replace(INVISIBLE, "")
    .normalize("NFC")
    .replace(STACKED_MARKS, "$1");
}

/** As `visibleText`, on one line. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/\s+/g, " ").trim();
}

/**
 * Escapes visible text, so that Discord shows every character as itself: a backslash before all ASCII punctuation.
 * Escaping only what is known to be markup leaks (measured: masked links, subtext, timestamps, `<https://…>`).
 * It does not stop pings; `allowed_mentions` does. Not for the label of a link: there backslashes are shown.
 */
export function escapeMarkdown(visible: string): string {
  return visible.replace(PUNCTUATION, "\\$&");
}

/**
 * Escaped `visible`, at most `lengthMax` UTF-16 units long after escaping. Cut between graphemes, never between a
 * backslash and its character, and ended by "…" where something is missing.
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
