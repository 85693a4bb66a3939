import "server-only";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { isHandoverMessageId } from "@/lib/mail/handover-mail";
import type { ParsedMail } from "@/lib/mail/parse";

/**
 * True for a mail by which the desk told a member of a hand-over, come back from their mailbox, and for anything that a
 * machine sends about one: a report, an absence reply. A person's answer to one is none. The form of the id is proof
 * enough: whoever forges one hides nothing but their own mail.
 */
export function isOwnHandoverMail(
  desk: Pick<DeskAddresses, "isOfOwnDomain">,
  { head, report }: ParsedMail,
  automatic: boolean,
): boolean {
  const isOurs = (id: string) => isHandoverMessageId(id) && desk.isOfOwnDomain(id);
  if (head.messageId !== null && isOurs(head.messageId)) return true;
  return automatic && [...head.inReplyTo, ...head.references, ...(report?.messageIds ?? [])].some(isOurs);
}
