// Also loaded by the parse worker as plain Node: no path alias and no "server-only".
import type { DeliveryCause } from "@/lib/api/vocabulary";

/** How much of a mail is kept apart from its raw form, which is always stored whole and can be downloaded. */
export const SUBJECT_MAX = 998;
export const TEXT_MAX_BYTES = 1_000_000;
export const HTML_MAX_BYTES = 1_000_000;
export const ATTACHMENTS_MAX = 100;
export const RECIPIENTS_MAX = 100;
export const REFERENCES_MAX = 200;
/** Beginning of a mail that is searched for its header if the mail cannot be parsed. */
export const HEAD_MAX_BYTES = 64 * 1024;

export type MailPerson = { address: string; name: string | null };

/** The mailing list that a mail came by: its posting address if known, and its List-Id, both in lower case. */
export type MailList = { address: string | null; id: string | null };

/** The marks that tell automatic mail from a person's. Texts are in lower case; null if the header is missing. */
export type MailSignals = {
  /** The type in Auto-Submitted, without parameters and comments, such as "no" or "auto-replied". */
  autoSubmitted: string | null;
  /** It has a mark of automatic answers, such as X-Autoreply. */
  isAutoReply: boolean;
  /** Another helpdesk sent it, one that marks also what its people write as generated. */
  isByHelpdesk: boolean;
  /** Its sender is a mail server, or nobody. */
  isFromMachine: boolean;
  /** X-Auto-Response-Suppress: mail of people may have it too. */
  suppressesReplies: boolean;
  /** With "_" for blanks and "-". */
  precedence: string | null;
  returnPath: string | null;
  /** The report-type of a multipart/report; null if it names none. */
  reportType: string | null;
  /** The kind of List-Unsubscribe: by a page or a mail, or by one click (RFC 8058). */
  unsubscribe: "asked" | "one_click" | null;
};

/** The header of a mail. Message-IDs are normalised (no brackets). */
export type MailHead = {
  messageId: string | null;
  inReplyTo: string[];
  references: string[];
  /** Every From, Reply-To and Sender that has an address, in this order of preference. */
  senders: MailPerson[];
  /** The first person of From who has an address; null if there is none. */
  from: MailPerson | null;
  /** How many people all From fields name, usable or not; other than one, nobody can say who wrote the mail. */
  authors: number;
  /** The time in Date; null if it has none that can be read. */
  date: Date | null;
  /** The first name in From, even if its address is unusable. */
  fromName: string | null;
  replyTo: MailPerson[];
  to: MailPerson[];
  cc: MailPerson[];
  /** The sender before a list or group put its own address into From (X-Original-From, X-Original-Sender). */
  original: MailPerson | null;
  list: MailList | null;
  /** The domains of the mail's DKIM signatures, each once. Nothing is verified. */
  signedBy: string[];
  /** The values of Authentication-Results, the topmost first; the first few only. */
  authenticationResults: string[];
  subject: string;
  signals: MailSignals;
};

/** Of a mail whose header cannot be read. */
export const EMPTY_HEAD: MailHead = {
  messageId: null,
  inReplyTo: [],
  references: [],
  senders: [],
  from: null,
  authors: 0,
  date: null,
  fromName: null,
  replyTo: [],
  to: [],
  cc: [],
  original: null,
  list: null,
  signedBy: [],
  authenticationResults: [],
  subject: "",
  signals: {
    autoSubmitted: null,
    isAutoReply: false,
    isByHelpdesk: false,
    isFromMachine: false,
    suppressesReplies: false,
    precedence: null,
    returnPath: null,
    reportType: null,
    unsubscribe: null,
  },
};

export type MailAttachment = {
  filename: string;
  contentType: string;
  contentId: string | null;
  content: Uint8Array;
};

/**
 * A report about the delivery of a mail of ours, as it says itself: everything in it is foreign text and may be forged.
 * "delayed": not delivered yet, and still tried. "delivered": also relayed or expanded.
 */
export type DeliveryReport = {
  outcome: "failed" | "delayed" | "delivered";
  /** The Message-IDs that it names anywhere, the most telling first, normalised; at most 50. */
  messageIds: string[];
  /** It says which mail it is about by that mail's own id, be it one of ours or not. */
  namesMail: boolean;
  /** The recipients that it is about, each once; empty if it names none. At most 20. */
  recipients: ReportedRecipient[];
  /** The mail server's own words, one line or a few. */
  detail: string;
  cause: DeliveryCause;
};
/** `status` is an enhanced status code such as "5.1.1". */
export type ReportedRecipient = { address: string; status: string | null; detail: string };

/** A parsed mail, before its body is sanitised and folded. `text` is "" if it only has HTML. */
export type MailContent = {
  head: MailHead;
  text: string;
  html: string | null;
  attachments: MailAttachment[];
  report: DeliveryReport | null;
  /** The emoji, if the mail is nothing but a reaction to another mail. */
  reaction: string | null;
  /** The sender of the mail that is attached, if exactly one is and it is no returned mail. */
  attachedFrom: MailPerson | null;
  /** sha256 of the decoded content: the same mail again has the same, another mail with its Message-ID has not. */
  contentHash: string;
  /** Sentences for a person about what was left out. */
  notes: string[];
};

/** A sanitised HTML body: null if it cannot be shown, which `note` says; `forText` is the HTML to read the text from. */
export type SafeHtml = { html: string | null; forText: string; note: string | null };

/** The whole text of a body, and the part of it to show first. */
export type ShownText = { text: string; visibleText: string };
/** The text as it was read, and the sender of the mail that it forwards; null if it forwards none. */
export type ReadText = ShownText & { forwardedFrom: MailPerson | null };

/** A mail as the rest of the product sees it. */
export type ParsedMail = Omit<MailContent, "notes" | "attachedFrom"> &
  ShownText & {
    /** The sender of the mail that this one forwards, as its text or its attached mail says; null if it forwards none. */
    forwardedFrom: MailPerson | null;
    /** A sentence for a person on why it could not be read completely, or null if it could. */
    parseProblem: string | null;
  };
