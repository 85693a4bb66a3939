import type { HistoryLine } from "@/lib/api/vocabulary";
import { isSameAddress } from "./people";

/** Addresses that a sentence names before it counts the others. */
const NAMED_MAX = 3;

/** The end of a sentence on who came, who went and who is the customer: "added jill@stone.example and removed …". */
export function peopleChange({
  added,
  removed,
  customer,
}: Pick<HistoryLine, "added" | "removed" | "customer">): string {
  const others = added.filter((address) => customer === null || !isSameAddress(address, customer));
  const parts: string[] = [];
  if (others.length > 0) parts.push(`added ${listed(others)}`);
  if (removed.length > 0) parts.push(`removed ${listed(removed)}`);
  if (customer !== null) parts.push(`made ${isolated(customer)} the customer`);
  return parts.length > 0 ? joined(parts) : "changed who is in this conversation";
}

/** The addresses of a sentence: "a@x.example, b@x.example and 3 more". */
export function listed(addresses: string[]): string {
  const isCut = addresses.length > NAMED_MAX + 1;
  const named = addresses.slice(0, isCut ? NAMED_MAX : undefined).map(isolated);
  return joined(isCut ? [...named, `${addresses.length - NAMED_MAX} more`] : named);
}

function joined(parts: string[]): string {
  return [parts.slice(0, -1).join(", "), parts.at(-1)].filter(Boolean).join(" and ");
}

/** Keeps an address in another direction of writing from reordering the sentence around it. */
function isolated(address: string): string {
  return /^[\x20-\x7e]*$/.test(address) ? address : `\u2068${address}\u2069`;
}
