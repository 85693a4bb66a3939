// Also loaded by the parse worker as plain Node: no path alias and no "server-only".
import { domainToASCII } from "node:url";

/** Longest address that is read, in characters; RFC 5321, 4.5.3.1 lets mail go to 254 bytes, 64 of them before the "@". */
const READ_MAX = 320;
const ADDRESS_MAX_BYTES = 254;
const LOCAL_MAX_BYTES = 64;

const ADDRESS = /^([^\s@<>"(),:;\\[\]\p{C}]+|"(?:[^"\\\p{C}\p{Zl}\p{Zp}]|\\[^\p{C}])+")@([^@]+)$/u;
/** Other characters would make the domain a path or a port, or are read as an escape, by one of those who see it. */
const DOMAIN = /^(?:[A-Za-z0-9._-]|[^\p{ASCII}\p{C}\p{Z}])+$/u;
/** A local part of these needs no quotes. */
const NEEDS_NO_QUOTES = /^[^\s"(),:;<>@[\\\]]+$/;

const LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
const MAIL_DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/**
 * `value` as one address: its domain in ASCII and lower case, without a dot at its end; before the "@" as it was written,
 * in Unicode's composed form, with quotes only if it needs them. "" if it is not exactly one address.
 */
export function toAddress(value: string): string {
  const [, local = "", domain = ""] = ADDRESS.exec(value.trim().slice(0, 2 * READ_MAX)) ?? [];
  const ascii = toAsciiDomain(domain);
  const address = `${plainLocal(local).normalize("NFC")}@${ascii}`;
  return local === "" || ascii === "" || address.length > READ_MAX ? "" : address;
}

function toAsciiDomain(domain: string): string {
  if (!DOMAIN.test(domain)) return "";
  // Plain domains are not converted: that would read one of digits as an IP address.
  const ascii = /^\p{ASCII}*$/u.test(domain) ? domain.toLowerCase() : domainToASCII(domain.normalize("NFC"));
  return ascii.replace(/\.$/, "");
}

/** "john" of `"john"`, and the shortest quoted form of all that needs quotes. */
function plainLocal(local: string): string {
  if (!local.startsWith('"')) return local;
  const content = local.slice(1, -1).replace(/\\(.)/gu, "$1");
  return NEEDS_NO_QUOTES.test(content) ? content : `"${content.replace(/["\\]/g, "\\$&")}"`;
}

/** The form that all spellings of one address share: in lower case, its domain in ASCII and without a dot at its end. */
export function addressKey(address: string): string {
  return (toAddress(address) || address.normalize("NFC")).toLowerCase();
}

/** True if only a mail server with SMTPUTF8 (RFC 6531) takes the address: it has a letter beyond ASCII before the "@". */
export function needsUtf8(address: string): boolean {
  return !/^\p{ASCII}*$/u.test(address.slice(0, address.lastIndexOf("@")));
}

/**
 * Why mail cannot be sent to an address, as a sentence; null if it can. Then `toAddress` of it means the same one
 * recipient to every mail server.
 */
export function addressProblem(value: string, { takesUtf8 = true } = {}): string | null {
  const address = toAddress(value);
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (
    Buffer.byteLength(value) > ADDRESS_MAX_BYTES ||
    Buffer.byteLength(address.slice(0, at)) > LOCAL_MAX_BYTES
  ) {
    return `${value.slice(0, 40)}… is longer than a mail address can be.`;
  }
  if (!MAIL_DOMAIN.test(domain) || /[<>]/.test(address)) {
    return `${value} is not an address that mail can be sent to.`;
  }
  if (takesUtf8 || !needsUtf8(address)) return null;
  return `Our mail server takes no address with letters beyond a to z before the @, so no mail can go to ${address}.`;
}
