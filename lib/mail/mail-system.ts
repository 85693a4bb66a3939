// Loaded by the parse worker as plain Node, and by the web process, which loads no package of mail.
import type { MailHead } from "./parsed-mail.ts";

/** The addresses and names under which mail systems write. */
export const DAEMON =
  /(?:^|[<\s"])(?:mail(?:er)?[-_. ]?daemon|mdaemon|microsoftexchange[0-9a-f]{8,40})(?:[@>\s"]|$)/i;
export const DAEMON_NAME =
  /^\W{0,5}(?:internet )?mail delivery(?: (?:system|sub-?system|service|agent|software))?\b/i;
export const POSTMASTER = /(?:^|[<\s"])post[-_. ]?master(?:[@>\s"]|$)/i;

/**
 * True if the mail names a mail system as its author, or nobody. Anybody can write that, so it is for mail without an
 * envelope.
 */
export function isByMailSystem({ from, fromName }: Pick<MailHead, "from" | "fromName">): boolean {
  if (from === null) return true;
  return DAEMON.test(from.address) || POSTMASTER.test(from.address) || DAEMON_NAME.test(fromName ?? "");
}
