// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import EmailForwardParser, { type EmailForwardMailbox } from "email-forward-parser";
import { toAddress } from "./address.ts";
import { cleanLine } from "./clean-text.ts";
import type { MailPerson } from "./parsed-mail.ts";
import { kindOfSubject } from "./subject-prefixes.ts";

/** A forwarded mail. `from` is its first sender as the text says; null if the text names no address. */
export type Forward = { from: MailPerson | null };

/** Beginning of the text that is searched, in characters: the forwarded mail's head stands below the note. */
const SEARCHED_MAX = 32 * 1024;
const LINE_MAX = 500;
/** The library's patterns go over a line once for each pair of these. */
const BRACKETS_MAX = 20;
const NAME_MAX = 200;

const parser = new EmailForwardParser();

/**
 * Reads whose mail a mail forwards, in the forms of the usual mail programs and languages; null if it is no forward. It is
 * one if its subject begins with "Fwd:" in some language, or if its text has a line that only forwards have. An answer that
 * quotes is none, nor is a forward that an answer quotes. Takes time linear in the length of any input.
 */
export function readForward(subject: string, text: string): Forward | null {
  const kind = kindOfSubject(subject);
  if (kind === "answer") return null;
  const lines = legible(text);
  const marked = senderBelowMark(lines);
  if (marked !== undefined) return { from: marked };
  const isForward = kind === "forward" || (kind === "either" && !lines.some((line) => IN_FINNISH.test(line)));
  const from = isForward ? senderBelowHead(lines) : undefined;
  if (kind === "forward") return { from: from ?? null };
  return from ? { from } : null;
}

/** "VS:" is an answer in Finland and Estonia, and a forward in Denmark and Norway. */
const IN_FINNISH = /^\*?(?:Lähettäjä|Saatja) ?:/;

/**
 * The lines without those for which the library's patterns would take long. No blank line follows another, nor does one
 * with quote marks alone, since the library takes the marks away and then goes over all blank lines from each one.
 */
function legible(text: string): string[] {
  const lines = text
    .slice(0, SEARCHED_MAX)
    .split(/\r\n?|[\n\u2028\u2029]/)
    .map((line) =>
      line
        .slice(0, LINE_MAX)
        .replace(/\s{5,}/g, "    ")
        .replace(BOLD_LABEL, "$1"),
    )
    .map((line) => (isCrowded(line) || line.trim() === "" ? "" : line));
  const isBlank = (line: string | undefined) => line === undefined || /^[>\s]*$/.test(line);
  return lines.filter((line, index) => !isBlank(line) || !isBlank(lines[index - 1]));
}

/** "*From:* Ann", as bold labels become in plain text. */
const BOLD_LABEL = /^\*([^*:\n]{1,30}:)\*/;

function isCrowded(line: string): boolean {
  return (line.match(/[<>[\]|()"„”«»]/g)?.length ?? 0) > BRACKETS_MAX;
}

/** A line that introduces a quote: it has an address in brackets and ends with a colon. Some programs forward so too. */
const INTRODUCTION = /[<[(][^<>[\]()]*@[^<>[\]()]*[>\])].*:\s*$/;
/** Lines by which answers too set the quoted mail apart. */
const AMBIGUOUS = /^\s*(?:_{32}|-{2,12} ?Original Message ?-{2,12})\s*$/i;

/** By a line that only forwards have, and that stands in no quote. Undefined if there is none. */
function senderBelowMark(lines: string[]): MailPerson | null | undefined {
  const isOfAnswers = (line: string) => AMBIGUOUS.test(line) || INTRODUCTION.test(line);
  const { forwarded, message, email } = parser.read(
    lines.map((line) => (isOfAnswers(line) ? ">-" : line)).join("\n"),
  );
  return forwarded && !/^>/m.test(message ?? "") ? toPerson(email.from) : undefined;
}

/** By the forwarded mail's head, which answers have as well. Undefined if there is none. */
function senderBelowHead(lines: string[]): MailPerson | null | undefined {
  const { email } = parser.read(lines.map(withoutQuote).join("\n"), "Fwd:");
  const isWhole = Boolean(email.date) || [email.to ?? []].flat().length > 0;
  return isWhole ? toPerson(email.from) : undefined;
}

/** An introduction above quoted lines is an answer's. */
function withoutQuote(line: string, index: number, lines: string[]): string {
  if (!INTRODUCTION.test(line)) return line;
  const below = lines.slice(index + 1, index + 4).find((next) => next !== "");
  return below?.startsWith(">") ? "-" : line;
}

function toPerson(from: EmailForwardMailbox): MailPerson | null {
  const address = toAddress(from.address ?? "");
  const name = cleanLine(from.name ?? "", NAME_MAX);
  return address === "" ? null : { address, name: name === "" ? null : name };
}
