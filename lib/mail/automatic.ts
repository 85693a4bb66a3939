import "server-only";
import type { ParsedMail } from "./parse";

const MACHINE_SENDER = /^(?:mailer-daemon|postmaster)@/i;
const BULK = new Set(["bulk", "list", "junk", "auto_reply"]);

/**
 * True for mail that no person wrote by hand: notices, absence replies, newsletters. It makes and extends tickets like
 * any other mail, but silently. A mail forwarded by a list that has `inbox` as its address comes from a customer, even
 * if the list marks it as bulk. X-Auto-Response-Suppress is no evidence: Exchange adds it to mail written by people.
 */
export function isAutomatic(
  { head, bounce }: ParsedMail,
  { envelopeFrom, inbox }: { envelopeFrom: string | null; inbox: string },
): boolean {
  const { autoSubmitted, hasAutoReplyHeader, precedence, returnPath, reportType } = head.signals;
  return (
    bounce !== null ||
    reportType !== null ||
    envelopeFrom === "" ||
    returnPath === "<>" ||
    hasAutoReplyHeader ||
    (autoSubmitted !== null && !/^no\s*(?:[;(]|$)/.test(autoSubmitted)) ||
    (precedence !== null && BULK.has(precedence) && !isOwnList(head.signals.list, inbox)) ||
    MACHINE_SENDER.test(head.senders[0]?.address ?? "")
  );
}

/** The desk's address is often a group that forwards mail: its name is then in List-Post or, dotted, in List-Id. */
function isOwnList(list: string | null, inbox: string): boolean {
  return (
    inbox.includes("@") && list !== null && (list.includes(inbox) || list.includes(inbox.replace("@", ".")))
  );
}
