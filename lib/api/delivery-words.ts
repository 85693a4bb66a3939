// The desk's words for the delivery of replies. A leaf: the browser loads it too.
import type { DeliveryCause } from "./vocabulary";

/** Why a reply did not reach somebody, as the end of a sentence such as "Reply came back: the mailbox is full". */
export const CAUSE_WORDS: Record<DeliveryCause, string> = {
  no_mailbox: "the mailbox does not exist",
  mailbox_full: "the mailbox is full",
  no_domain: "the address's domain does not exist",
  unreachable: "their mail server could not be reached",
  too_large: "the mail is too large",
  blocked: "their mail server refused it",
  other: "no reason that the desk knows",
};
