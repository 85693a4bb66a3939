import "server-only";
import type { SendMailOptions } from "nodemailer";
import { needsUtf8 } from "./address";
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
  to: string[];
  cc: string[];
  subject: string;
  text: string;
  at: Date;
};

/** The SMTP envelope of a mail; `from` is "" if no report about it shall come back. */
export type Envelope = { from: string; to: string[] };

/** An address without a name; as text an empty group, which names somebody whom the mail is not addressed to. */
type Recipient = { name: string; address: string } | string;
export type ComposedMail = SendMailOptions & { to: Recipient[]; cc: Recipient[] };

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
export function composeMail(mail: OutboundMail, sender: Sender): ComposedMail {
  return {
    from: { name: sender.name ?? "", address: sender.address },
    replyTo: { name: sender.name ?? "", address: sender.address },
    to: mail.to.map(withoutName),
    cc: mail.cc.map(withoutName),
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

function withoutName(address: string): Recipient {
  return { name: "", address };
}

/**
 * The mail for a server without SMTPUTF8, whose headers take no address beyond ASCII: such a recipient is named there, as an
 * empty group (RFC 6857), and cannot be addressed.
 */
export function inAscii(mail: ComposedMail): ComposedMail {
  const named = (recipient: Recipient): Recipient =>
    typeof recipient === "object" && needsUtf8(recipient.address)
      ? `${JSON.stringify(recipient.address)}:;`
      : recipient;
  return { ...mail, to: mail.to.map(named), cc: mail.cc.map(named) };
}
