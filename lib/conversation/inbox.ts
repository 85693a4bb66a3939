import "server-only";
import { env } from "@/lib/env";

/** The name of this desk's inbox, under which mails and threads are stored: the support address in lower case. */
export function inboxName(): string {
  return env().SUPPORT_ADDRESS?.toLowerCase() ?? "inbox";
}

/** True for an address that is the desk's own. */
export function isOwnAddress(address: string): boolean {
  return env().SUPPORT_ADDRESS !== undefined && address.toLowerCase() === inboxName();
}
