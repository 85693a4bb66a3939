// Also loaded by the mail's threads as plain Node: no path alias and no "server-only".
import { domainToASCII } from "node:url";

/** A domain in ASCII and lower case, without a dot at its end; "" if it is none. */
export function plainDomain(domain: string): string {
  const trimmed = domain.trim().toLowerCase().replace(/\.$/, "");
  if (!/^[^\s@<>"(),:;\\[\]]{1,255}$/.test(trimmed)) return "";
  return /^\p{ASCII}*$/u.test(trimmed) ? trimmed : domainToASCII(trimmed);
}

/** The domain of "ann@example.com", "@example.com" or "example.com"; "" if there is none. */
export function domainOf(address: string): string {
  return plainDomain(address.slice(address.lastIndexOf("@") + 1));
}

/** True if `domain` is `parent` or below it. Both are plain. */
export function isAtOrBelow(domain: string, parent: string): boolean {
  return parent !== "" && (domain === parent || domain.endsWith(`.${parent}`));
}
