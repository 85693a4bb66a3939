// Also loaded by the sender check's thread as plain Node: no path alias and no "server-only".
import { getDomain } from "tldts";

/** True if both plain domains have one owner: the same domain, or the same registered one (DMARC's relaxed alignment). */
export function isAligned(one: string, other: string): boolean {
  if (one === "" || other === "") return false;
  if (one === other) return true;
  const owner = getDomain(one, { allowPrivateDomains: true });
  return owner !== null && owner === getDomain(other, { allowPrivateDomains: true });
}
