// Also loaded by the parse worker as plain Node: no path alias and no "server-only".
import { domainToASCII } from "node:url";

/** RFC 5321, 4.5.3.1: longest address. */
const ADDRESS_MAX = 254;

const LOCAL_PART = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}";
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const PLAIN = new RegExp(`^${LOCAL_PART}@${LABEL}(?:\\.${LABEL})*$`);
const RECEIVED = /^([^\s@<>"(),:;\\[\]\p{C}]+)@([^\s@<>"(),:;\\\p{C}]+)$/u;

/** `value` as one address with its domain in ASCII, for mail that came in; "" if it is not exactly one address. */
export function toAddress(value: string): string {
  const [, local = "", domain = ""] = RECEIVED.exec(value.trim()) ?? [];
  const ascii = domainToASCII(domain);
  const address = `${local}@${ascii}`;
  return local === "" || ascii === "" || address.length > ADDRESS_MAX ? "" : address;
}

/**
 * True for an address mail can be sent to: `local@domain` in ASCII, without quotes, comments, groups or a display
 * name. Only this form means the same one recipient to every mail server.
 */
export function isPlainAddress(value: string): boolean {
  return value.length <= ADDRESS_MAX && PLAIN.test(value);
}

/** The form that all spellings of one address share: in lower case, its domain in ASCII. */
export function addressKey(address: string): string {
  const at = address.lastIndexOf("@");
  if (at === -1) return address.normalize("NFC").toLowerCase();
  const domain = address.slice(at + 1);
  return `${address.slice(0, at).normalize("NFC")}@${domainToASCII(domain) || domain}`.toLowerCase();
}

/** Why mail cannot be sent to an address, as a sentence; null if it can. */
export function addressProblem(address: string): string | null {
  return isPlainAddress(address) ? null : `${address} is not an address that mail can be sent to.`;
}
