import "server-only";
import { isAbsenceSubject } from "./absence-subject";
import { isAligned } from "./aligned-domains";
import { domainOf } from "./domain";
import type { ParsedMail } from "./parse";
import { kindOfSubject } from "./subject-prefixes";

type Head = ParsedMail["head"];
type IsOwn = (address: string) => boolean;

const BULK = new Set(["bulk", "list", "junk"]);
const REPORT_PART = /^message\/(?:disposition-notification|feedback-report)$/;
/** How other helpdesks tell that they have made a ticket. */
const ACKNOWLEDGEMENT =
  /^(?:re:\s*)?[[(]?(?:(?:your|new) )?(?:request|ticket|case|enquiry|inquiry)\b[^:]{0,40}\b(?:received|created|opened|registered)\b/i;

/**
 * True if no person wrote the mail. Such mail opens and extends tickets like any other, but silently. The first row that
 * fits decides:
 *
 * | mail                                                                                        | automatic |
 * | ------------------------------------------------------------------------------------------- | --------- |
 * | a delivery report, a receipt, a complaint, a reaction                                       | yes       |
 * | no envelope sender, Return-Path <>, From <>, MAILER-DAEMON; postmaster without a sender     | yes       |
 * | a mark of automatic answers: X-Autoreply, Precedence: auto_reply, X-Apple-Action: VACATION … | yes       |
 * | X-Auto-Response-Suppress and X-MS-Exchange-Inbox-Rules-Loop with the sender's own address   | yes       |
 * | X-Auto-Response-Suppress and a subject such as "Automatic reply: …"                         | yes       |
 * | an answer by another helpdesk that is auto-generated, and does not say "request received"   | no        |
 * | Auto-Submitted other than "no"                                                              | yes       |
 * | from the desk's own group (List-Post or List-Id is the desk's address)                      | no        |
 * | an answer to a known mail by a discussion list: List-Post, no one-click unsubscribing       | no        |
 * | an answer to a known mail with both List-Id and List-Unsubscribe                            | yes       |
 * | any other answer to a known mail, also with Precedence: bulk                                | no        |
 * | a subject such as "Re: …" without List-Unsubscribe, also with Precedence: bulk              | no        |
 * | a web form: List-Unsubscribe alone, with a Reply-To at another domain                       | no        |
 * | Precedence: bulk, list or junk; List-Id; List-Unsubscribe                                   | yes       |
 * | all others, also with X-Auto-Response-Suppress, which Exchange adds to mail of people       | no        |
 */
export function isAutomatic(
  mail: ParsedMail,
  { envelopeFrom, isOwn }: { envelopeFrom: string | null; isOwn: IsOwn },
): boolean {
  const { head } = mail;
  const { signals } = head;
  if (isReport(mail) || mail.reaction !== null) return true;
  if (envelopeFrom === "" || signals.returnPath === "<>" || isFromMachine(head, envelopeFrom)) return true;
  if (signals.isAutoReply || (signals.suppressesReplies && isAbsenceSubject(head.subject))) return true;
  if (isAnswerByHelpdesk(head)) return false;
  return (signals.autoSubmitted ?? "no") !== "no" || isBulk(head, isOwn);
}

function isReport({ report, head, attachments }: ParsedMail): boolean {
  // Somebody who answers may attach one.
  const isPart = !namesMails(head) && attachments.some(({ contentType }) => REPORT_PART.test(contentType));
  return report !== null || head.signals.reportType !== null || isPart;
}

/** People write as postmaster@ too: with an envelope sender, which a mail server's report has not. */
function isFromMachine({ from, signals }: Head, envelopeFrom: string | null): boolean {
  const sender = envelopeFrom ?? signals.returnPath ?? "";
  const isPerson = /^post[-_.]?master@/i.test(from?.address ?? "") && sender.includes("@");
  return signals.isFromMachine && !isPerson;
}

function isAnswerByHelpdesk(head: Head): boolean {
  const { autoSubmitted, isByHelpdesk } = head.signals;
  const isGenerated = autoSubmitted === null || autoSubmitted === "no" || autoSubmitted === "auto-generated";
  return (
    isByHelpdesk &&
    isGenerated &&
    (namesMails(head) || hasAnswerSubject(head)) &&
    !ACKNOWLEDGEMENT.test(head.subject)
  );
}

function isBulk(head: Head, isOwn: IsOwn): boolean {
  const { precedence, unsubscribe } = head.signals;
  const listId = head.list?.id ?? null;
  const isMarked = (precedence !== null && BULK.has(precedence)) || listId !== null;
  if (isOwnList(head, isOwn)) return false;
  if (namesMails(head)) return listId !== null && unsubscribe !== null && !isDiscussion(head);
  if (unsubscribe === null) return isMarked && !hasAnswerSubject(head);
  return isMarked || !isForm(head);
}

function namesMails({ inReplyTo, references }: Head): boolean {
  return inReplyTo.length > 0 || references.length > 0;
}

function hasAnswerSubject({ subject }: Head): boolean {
  const kind = kindOfSubject(subject);
  return kind === "answer" || kind === "either";
}

function isDiscussion({ list, signals }: Head): boolean {
  return list !== null && list.address !== null && signals.unsubscribe !== "one_click";
}

/** Many services put List-Unsubscribe into all that they send. */
function isForm({ from, replyTo }: Head): boolean {
  const domain = domainOf(from?.address ?? "");
  return replyTo.some(({ address }) => !isAligned(domainOf(address), domain));
}

/** The desk's address is often a group that forwards mail. List-Post then names it, or List-Id with a dot for the @. */
function isOwnList({ list }: Head, isOwn: IsOwn): boolean {
  if (!list) return false;
  const { address, id } = list;
  const byId = id?.replace(".", "@") ?? "";
  return (address !== null && isOwn(address)) || isOwn(byId);
}
