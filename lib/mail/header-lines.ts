// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import { isUtf8 } from "node:buffer";
import { parseAddressHeader, type EmailAddress, type HeaderLines } from "mailparser";
import { toAddress } from "./address.ts";
import { cleanLine } from "./clean-text.ts";
import { RECIPIENTS_MAX, type MailPerson } from "./parsed-mail.ts";

const NAME_MAX = 200;
/** Stands for an empty `<>`: the parser would take its name for a part of the next one. */
const NOBODY = "nobody@empty.invalid";

/** The values of that header from the top, unfolded, as bytes in a string. */
export function rawValues(lines: HeaderLines, key: string): string[] {
  return lines
    .filter((line) => line.key === key)
    .map(({ line }) => line.slice(line.indexOf(":") + 1).replace(/\r?\n/g, ""));
}

/** The same as text. Bytes beyond ASCII are UTF-8 if they can be, else windows-1252, as old programs write. */
export function headerValues(lines: HeaderLines, key: string): string[] {
  return rawValues(lines, key).map((raw) => {
    const bytes = Buffer.from(raw, "latin1");
    return isUtf8(bytes) ? bytes.toString() : new TextDecoder("windows-1252").decode(bytes);
  });
}

/** The people of an address header, those of groups too. One whose address is unusable has "". */
export function peopleIn(value: string): MailPerson[] {
  const { value: entries } = parseAddressHeader(value.replace(/<\s*>/g, `<${NOBODY}>`));
  return entries
    .slice(0, 10 * RECIPIENTS_MAX)
    .flatMap(flatten)
    .map(toPerson);
}

function flatten(entry: EmailAddress): EmailAddress[] {
  return entry.group ? entry.group.slice(0, RECIPIENTS_MAX).flatMap(flatten) : [entry];
}

function toPerson({ name, address }: EmailAddress): MailPerson {
  const shown = cleanLine(name.replaceAll(NOBODY, ""), NAME_MAX);
  return { address: address === NOBODY ? "" : toAddress(address ?? ""), name: shown === "" ? null : shown };
}
