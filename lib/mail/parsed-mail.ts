// Plain Node: also loaded by the parse worker, so no path alias and no "server-only".

/** What we take from one mail. The raw mail is always kept whole, so whatever is cut here can still be downloaded. */
export const SUBJECT_MAX = 998;
export const TEXT_MAX_BYTES = 1_000_000;
export const HTML_MAX_BYTES = 1_000_000;
export const ATTACHMENTS_MAX = 100;
export const RECIPIENTS_MAX = 100;
export const REFERENCES_MAX = 200;
/** How much of a mail is searched for its header where the mail as a whole cannot be read. */
export const HEAD_MAX_BYTES = 64 * 1024;

export type MailPerson = { address: string; name: string | null };

/** What tells a person's mail from an automatic one. Header values in lower case, null where there is none. */
export type MailSignals = {
  autoSubmitted: string | null;
  hasAutoReplyHeader: boolean;
  precedence: string | null;
  returnPath: string | null;
  /** The report-type of a multipart/report. */
  reportType: string | null;
  /** List-Post, List-Id and Mailing-List in one string. */
  list: string | null;
};

/** The header of a mail. Message-IDs are normalised (no brackets). */
export type MailHead = {
  messageId: string | null;
  inReplyTo: string[];
  references: string[];
  /** Every From, Reply-To and Sender that has an address, in this order of preference. */
  senders: MailPerson[];
  /** A name in From, where its address is unusable. */
  fromName: string | null;
  replyTo: string | null;
  to: string[];
  cc: string[];
  subject: string;
  signals: MailSignals;
};

export type MailAttachment = {
  filename: string;
  contentType: string;
  contentId: string | null;
  content: Uint8Array;
};

/** A report that one of our mails was not delivered. */
export type Bounce = { messageId: string | null; isPermanent: boolean; detail: string };

/** What the worker finds inside a mail, before anything is made fit to be shown. */
export type MailContent = {
  head: MailHead;
  text: string;
  html: string | null;
  attachments: MailAttachment[];
  bounce: Bounce | null;
  /** sha256 of what was decoded: tells the same mail again from another one under the same Message-ID. */
  contentHash: string;
  /** Sentences for a person about what was left out. */
  notes: string[];
};

/** What is shown of a body: the sanitised HTML, the whole text, and the part of it worth showing first. */
export type ShownBody = { html: string | null; text: string; visibleText: string; notes: string[] };

/** A mail as the rest of the product sees it. */
export type ParsedMail = Omit<MailContent, "html" | "notes" | "text"> &
  Omit<ShownBody, "notes"> & {
    /** Why it could not be read as it should, in a sentence for a person; null when all went well. */
    parseProblem: string | null;
  };
