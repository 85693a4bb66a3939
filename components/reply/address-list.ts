import type { MailPerson } from "@/lib/api/vocabulary";

/** Longest text that is read as a list of addresses; more is not typed or pasted on purpose. */
const LIST_MAX = 20_000;
/** Copied from mail programs and chats along with an address, and invisible. */
const INVISIBLE = /[\u200B-\u200F\u2060\uFEFF]/g;
const WHOLE = /^[^\s@<>,;]+@[^\s@<>,;]+$/u;
const NAMED = /^(.*?)\s*<\s*(?:mailto:)?([^<>]*)>$/u;

/** The addresses in `text`, and the parts of it that are none. The desk decides which of them mail can be sent to. */
export function parseAddresses(text: string): { people: MailPerson[]; rest: string } {
  const people = new Map<string, MailPerson>();
  const rest: string[] = [];
  for (const part of partsOf(text.slice(0, LIST_MAX).replace(INVISIBLE, ""))) {
    const found = personIn(part);
    if (!found) rest.push(part);
    else if (!people.has(addressKey(found.address))) people.set(addressKey(found.address), found);
  }
  return { people: [...people.values()], rest: rest.join(", ") };
}

/** The form that all spellings of one address share, as far as a page needs it: to show nobody twice. */
export function addressKey(address: string): string {
  const at = address.lastIndexOf("@");
  if (at === -1) return address.normalize("NFC").toLowerCase();
  const domain = address.slice(at + 1);
  return `${address.slice(0, at)}@${asciiOf(domain)}`.normalize("NFC").toLowerCase();
}

export function isSameAddress(one: { address: string }, other: { address: string }): boolean {
  return addressKey(one.address) === addressKey(other.address);
}

/** Parts between commas, semicolons and line breaks that are not inside quotes or angle brackets. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    const isBreak = /[\n\r\t\p{Cc}\p{Zl}\p{Zp}]/u.test(character);
    if (isBreak) isQuoted = false;
    if (isBreak || (!isQuoted && /[,;]/.test(character))) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part]
    .map((each) => each.trim())
    .filter(Boolean)
    .flatMap(withoutSpaces);
}

/** Addresses with nothing but spaces between them are several; a name before an address is one with it. */
function withoutSpaces(part: string): string[] {
  const words = part.split(/\s+/);
  return words.every((word) => WHOLE.test(word)) ? words : [part];
}

function personIn(part: string): MailPerson | null {
  const named = NAMED.exec(part);
  if (!named) return WHOLE.test(part) ? { address: part, name: null } : null;
  const [, name = "", address = ""] = named;
  const spoken = name
    .replace(/^"(.*)"$/, "$1")
    .replaceAll(/\\(.)/g, "$1")
    .trim();
  return WHOLE.test(address.trim()) ? { address: address.trim(), name: spoken || null } : null;
}

function asciiOf(domain: string): string {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return domain; // no host name; the desk will say so
  }
}
