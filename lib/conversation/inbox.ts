import "server-only";
import { env } from "@/lib/env";

/** The inbox that mails and threads are stored under: the support address in lower case, or "inbox". */
export function inboxName(): string {
  return env().SUPPORT_ADDRESS?.toLowerCase() ?? "inbox";
}

/** Whether an address is the desk's own. */
export function isOwnAddress(address: string): boolean {
  return env().SUPPORT_ADDRESS !== undefined && address.toLowerCase() === inboxName();
}
