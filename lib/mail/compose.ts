import "server-only";
import type { SendMailOptions } from "nodemailer";
import { isMessageId } from "./message-id";
import { withoutPrefixes } from "./subject-prefixes";

/** A References header names the conversation's first id and at most this many of the latest. */
const REFERENCES_LATEST_MAX = 20;
/** Longest subject, in characters; RFC 5322, 2.1.1 allows a line of 998. */
const SUBJECT_MAX = 900;

/** The desk's own address and name on outgoing mail. */
export type Sender = { address: string; name: string | null };

/** The parts of an outgoing mail; an outbound `EmailMessage` has all of them. */
type OutboundMail = {
  rfcMessageId: string;
  inReplyTo: string | null;
  references: string[];
  to: string;
  subject: string;
  text: string;
  at: Date;
};

/** The SMTP envelope of a mail. */
export type Envelope = { from: string; to: [string] };

/** `subject` on one line, with one "Re:" before it in place of those of any language, of "Fwd:" and of gateways' marks. */
export function replySubject(subject: string): string {
  const line = subject.slice(0, 2 * SUBJECT_MAX).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ");
  const topic = withoutPrefixes(line).slice(0, SUBJECT_MAX).toWellFormed();
  return `Re: ${topic || "(no subject)"}`;
}

/**
 * The References header of a reply: the conversation's ids, oldest first, then the answered one, then the reply's own.
 * Its own is there because some relays replace Message-ID but leave References alone: the customer's next mail then
 * still names a mail we know. Ids that cannot be put into a header are left out.
 */
export function replyReferences(
  earlier: readonly string[],
  answered: string | null,
  ownId: string,
): string[] {
  const ids = [...new Set([...earlier, ...(answered === null ? [] : [answered])])]
    .filter((id) => isMessageId(id) && id !== ownId && id !== answered)
    .concat(answered !== null && isMessageId(answered) ? [answered] : []);
  const named =
    ids.length > REFERENCES_LATEST_MAX + 1 ? [...ids.slice(0, 1), ...ids.slice(-REFERENCES_LATEST_MAX)] : ids;
  return [...named, ownId];
}

/** The mail as nodemailer takes it. A person wrote it, so it is not marked as automatic; it asks for no absence reply. */
export function composeMail(mail: OutboundMail, sender: Sender): SendMailOptions {
  return {
    from: { name: sender.name ?? "", address: sender.address },
    replyTo: { name: sender.name ?? "", address: sender.address },
    to: { name: "", address: mail.to },
    subject: mail.subject,
    messageId: mail.rfcMessageId,
    ...(mail.inReplyTo !== null && isMessageId(mail.inReplyTo) ? { inReplyTo: mail.inReplyTo } : {}),
    references: mail.references.filter(isMessageId),
    date: mail.at,
    text: mail.text.replace(/\r\n?/g, "\n"),
    encoding: "quoted-printable",
    headers: { "X-Auto-Response-Suppress": "OOF" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
