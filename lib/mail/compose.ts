import "server-only";
import type { SendMailOptions } from "nodemailer";

/** Earlier ids a References header names: the first, which opens the thread, and this many of the latest. */
const REFERENCES_LATEST_MAX = 20;
/** RFC 5322, 2.1.1: a line may have 998 characters. Longer ids and subjects cannot be carried whole. */
const HEADER_TEXT_MAX = 900;
/** RFC 5321, 4.5.3.1: longest address. */
const ADDRESS_MAX = 254;

const MESSAGE_ID = /^<[\x21-\x3b\x3d\x3f-\x7e]+@[\x21-\x3b\x3d\x3f-\x7e]+>$/;
const LOCAL_PART = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}";
const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const ADDRESS = new RegExp(`^${LOCAL_PART}@${LABEL}(?:\\.${LABEL})*$`);
/** "Re:" as mail programs of several languages write it, repeated and counted ("Re[2]:"). */
const REPLY_PREFIXES = /^(?:\s*(?:re|aw|sv|antw|odp|回复|回覆|答复|返信)\s*(?:\[\d+\]|\(\d+\))?\s*[:：])+/iu;

/** Who the desk writes as. */
export type Sender = { address: string; name: string | null };

/** What a mail is made of; a message row has all of it. */
export type OutboundMail = {
  rfcMessageId: string;
  inReplyTo: string | null;
  references: string[];
  to: string;
  subject: string;
  text: string;
  at: Date;
};

/** The one envelope a mail goes out with. */
export type Envelope = { from: string; to: [string] };

/**
 * True for one plain address (`local@domain`, ASCII, no quotes, comments, groups or display name): the only form that
 * every parser on the way reads as the same one recipient.
 */
export function isPlainAddress(value: string): boolean {
  return value.length <= ADDRESS_MAX && ADDRESS.test(value);
}

/** True for a Message-ID with angle brackets that can stand in a header as it is. */
export function isMessageId(value: string): boolean {
  return value.length <= HEADER_TEXT_MAX && MESSAGE_ID.test(value);
}

/** `subject` with exactly one "Re:" before it, on one line. */
export function replySubject(subject: string): string {
  const line = subject.slice(0, 2 * HEADER_TEXT_MAX).replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ");
  const topic = line.replace(REPLY_PREFIXES, "").trim().slice(0, HEADER_TEXT_MAX).toWellFormed();
  return `Re: ${topic || "(no subject)"}`;
}

/**
 * The References header of an answer: the conversation's ids, oldest first, the answered one before the last, and the
 * answer's own id at the end. Relays that replace Message-ID leave References alone, so an answer to the answer still
 * names a mail we know. Ids that cannot stand in a header are left out.
 */
export function replyReferences(earlier: readonly string[], answered: string | null, own: string): string[] {
  const ids = [...new Set([...earlier, ...(answered === null ? [] : [answered])])]
    .filter((id) => isMessageId(id) && id !== own && id !== answered)
    .concat(answered !== null && isMessageId(answered) ? [answered] : []);
  const kept =
    ids.length > REFERENCES_LATEST_MAX + 1 ? [...ids.slice(0, 1), ...ids.slice(-REFERENCES_LATEST_MAX)] : ids;
  return [...kept, own];
}

/** The mail as nodemailer takes it. A person wrote it, so it says nothing of automatic answers but "send me none". */
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
