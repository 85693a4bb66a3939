import "server-only";
import type { ParsedMail } from "./parse";

const MACHINE_SENDER = /^(?:mailer-daemon|postmaster)@/i;
const BULK = new Set(["bulk", "list", "junk", "auto_reply"]);

/**
 * True if no person wrote the mail: notices, absence replies, newsletters. Such mail opens and extends tickets like any
 * other, but silently. Mail forwarded by a mailing list whose address is the desk's comes from a customer, even if the
 * list marks it as bulk. X-Auto-Response-Suppress proves nothing: Exchange adds it to mail that people write.
 */
export function isAutomatic(
  { head, report }: ParsedMail,
  { envelopeFrom, isOwn }: { envelopeFrom: string | null; isOwn: (address: string) => boolean },
): boolean {
  const { autoSubmitted, hasAutoReplyHeader, precedence, returnPath, reportType } = head.signals;
  return (
    report !== null ||
    reportType !== null ||
    envelopeFrom === "" ||
    returnPath === "<>" ||
    hasAutoReplyHeader ||
    (autoSubmitted !== null && !/^no\s*(?:[;(]|$)/.test(autoSubmitted)) ||
    (precedence !== null && BULK.has(precedence) && !isOwnList(head, isOwn)) ||
    MACHINE_SENDER.test(head.senders[0]?.address ?? "")
  );
}

/** The desk's address is often a group that forwards mail. List-Post then names it, or List-Id with a dot for the @. */
function isOwnList({ list }: ParsedMail["head"], isOwn: (address: string) => boolean): boolean {
  if (!list) return false;
  const { address, id } = list;
  const byId = id?.replace(".", "@") ?? "";
  return (address !== null && isOwn(address)) || isOwn(byId);
}
