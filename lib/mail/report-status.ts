// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import { toAddress } from "./address.ts";
import { cleanLine } from "./clean-text.ts";
import type { Fields } from "./header-fields.ts";
import type { DeliveryReport, ReportedRecipient } from "./parsed-mail.ts";

export type Outcome = DeliveryReport["outcome"];
/** One recipient as the delivery status has it. Some systems leave the address or the outcome out. */
export type StatusEntry = ReportedRecipient & { original: string; outcome: Outcome | null };

export const DETAIL_MAX = 500;

const ADDRESS_FIELDS = ["final-recipient", "original-recipient"];
const ENTRY_FIELDS = [...ADDRESS_FIELDS, "action", "status", "diagnostic-code"];

/** The enhanced status code in `value`, such as "5.1.1"; null if it has none. */
export function statusIn(value: string): string | null {
  return /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/.exec(value)?.[0] ?? null;
}

/** A mail server's words as one line, without the marks that some systems put around them. */
export function serverWords(value: string): string {
  const words = cleanLine(value.slice(0, 4_000), 4_000)
    .replace(/^(?:smtp|x-[\w-]{1,40}|dns|lmtp|unix|x400)\s?;\s?/i, "")
    .replace(/^[<>#'"\s]+(?=[245]\d\d)|\s?##$/g, "");
  return cleanLine(words, DETAIL_MAX);
}

/** The recipients of a delivery status (RFC 3464). A block that has no address completes the one before it. */
export function statusEntries(blocks: Fields[]): StatusEntry[] {
  const whole: Map<string, string>[] = [];
  for (const block of blocks) {
    if (!ENTRY_FIELDS.some((name) => block.has(name))) continue;
    const last = whole.at(-1);
    const isRest =
      last !== undefined && !ADDRESS_FIELDS.some((name) => block.has(name)) && !last.has("action");
    if (isRest) for (const [name, value] of block) last.set(name, value);
    else whole.push(new Map(block));
  }
  return whole.map(toEntry);
}

function toEntry(fields: Fields): StatusEntry {
  const [final = "", original = ""] = ADDRESS_FIELDS.map((name) => addressIn(fields.get(name) ?? ""));
  const detail = serverWords(fields.get("diagnostic-code") ?? "");
  const said = statusIn(fields.get("status") ?? "");
  const isVague = said === null || said.endsWith(".0.0");
  const status = isVague ? (statusIn(detail) ?? said) : said;
  return {
    address: final || original,
    original,
    status,
    detail,
    outcome: outcomeOf((fields.get("action") ?? "").toLowerCase(), status),
  };
}

function outcomeOf(action: string, status: string | null): Outcome | null {
  if (/^(?:fail|error|expired|bounce)/.test(action)) return "failed";
  if (action.startsWith("delay")) return "delayed";
  if (/^(?:deliver|relay|expand)/.test(action)) return "delivered";
  if (status?.startsWith("5")) return "failed";
  return status?.startsWith("2") ? "delivered" : null;
}

/** The address of "rfc822; ann@customer.example" and its like; with \x{FC} for a letter beyond ASCII (RFC 6533). */
function addressIn(value: string): string {
  const plain = value
    .slice(value.indexOf(";") + 1)
    .replace(/\\x\{([0-9a-f]{2,6})\}/gi, (whole, code: string) => {
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff) ? String.fromCodePoint(point) : whole;
    });
  const words = plain.trim().split(/\s+/).slice(0, 10);
  const found = words.find((word) => word.includes("@")) ?? "";
  return toAddress(found.replace(/^(?:smtp:|[<("'[])+|[>)"'\],;]+$/gi, ""));
}
