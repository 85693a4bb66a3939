import "server-only";
import { inboxName } from "@/lib/conversation/inbox";
import type { ParsedMail } from "./parse";

const MACHINE_SENDER = /^(?:mailer-daemon|postmaster)@/i;
const BULK = new Set(["bulk", "list", "junk", "auto_reply"]);

/**
 * True for mail no person wrote by hand: notices, absence replies, newsletters. It makes and extends tickets like any
 * other, but silently. A mail that a list with the desk's own address passed on is a customer's, whatever precedence
 * the list gave it. X-Auto-Response-Suppress says nothing here: Exchange puts it on what people write.
 */
export function isAutomatic({ head, bounce }: ParsedMail, envelopeFrom: string | null): boolean {
  const { autoSubmitted, hasAutoReplyHeader, precedence, returnPath, reportType } = head.signals;
  return (
    bounce !== null ||
    reportType !== null ||
    envelopeFrom === "" ||
    returnPath === "<>" ||
    hasAutoReplyHeader ||
    (autoSubmitted !== null && !/^no\s*(?:[;(]|$)/.test(autoSubmitted)) ||
    (precedence !== null && BULK.has(precedence) && !isOwnList(head.signals.list)) ||
    MACHINE_SENDER.test(head.senders[0]?.address ?? "")
  );
}

/** The desk's address is often a group that passes mail on: then its name is in List-Post or, dotted, in List-Id. */
function isOwnList(list: string | null): boolean {
  const inbox = inboxName();
  return (
    inbox.includes("@") && list !== null && (list.includes(inbox) || list.includes(inbox.replace("@", ".")))
  );
}
