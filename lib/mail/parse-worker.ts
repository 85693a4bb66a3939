// Parses mail in a worker thread, under limits of time and memory. Node loads this file directly and strips its types:
// erasable syntax and full file names only.
import { createHash } from "node:crypto";
import type { MessagePort } from "node:worker_threads";
import {
  simpleParser,
  type Attachment,
  type ParsedMail as Parsed,
  type SimpleParserOptions,
} from "mailparser";
import {
  cleanContentType,
  cleanFilename,
  cleanLine,
  cleanText,
  cutToBytes,
  cutToLength,
} from "./clean-text.ts";
import {
  ATTACHMENTS_MAX,
  HEAD_MAX_BYTES,
  HTML_MAX_BYTES,
  TEXT_MAX_BYTES,
  type MailAttachment,
  type MailContent,
  type MailHead,
  type MailPerson,
  type ReadText,
  type SafeHtml,
} from "./parsed-mail.ts";
import { readDeliveryReport } from "./delivery-report.ts";
import { kindOfSubject } from "./subject-prefixes.ts";
import { reactionIn } from "./reaction.ts";
import { readHead } from "./read-head.ts";
import { readBody, SHOWN_HTML_MAX_BYTES, type Body } from "./read-text.ts";
import { sanitizeMailHtml } from "./sanitize-mail-html.ts";

/** `started` tells the caller that work has begun: the wait for a free thread does not count against the limit. */
type Task<Input> = Input & { started: MessagePort };

const OPTIONS: SimpleParserOptions = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepCidLinks: true,
  keepDeliveryStatus: true,
  ignoreEmbedded: true,
  checksumAlgo: false,
};

/** The parsed mail, or null if it cannot be parsed, such as one with more than 1,000 parts. */
export async function parse({ raw, started }: Task<{ raw: Uint8Array }>): Promise<MailContent | null> {
  return attempt(started, () => readContent(raw));
}

/** The header alone, for a mail that cannot be parsed. */
export async function parseHead({ raw, started }: Task<{ raw: Uint8Array }>): Promise<MailHead | null> {
  return attempt(started, () => readHeadOnly(raw));
}

/** Sanitises an HTML body. Slow on hostile HTML, so it is a separate task: if it fails, the text remains. */
export async function sanitise({ html, started }: Task<{ html: string }>): Promise<SafeHtml | null> {
  return attempt(started, () => toSafeHtml(html));
}

/** The text of a body, and whose mail it forwards. */
export async function readText({ started, ...body }: Task<Body>): Promise<ReadText | null> {
  return attempt(started, () => readBody(body));
}

/** The result of `work`, or null if a library threw on the mail. */
async function attempt<Value>(
  started: MessagePort,
  work: () => Value | Promise<Value>,
): Promise<Value | null> {
  started.postMessage("started");
  try {
    return await work();
  } catch {
    return null;
  }
}

async function readContent(raw: Uint8Array): Promise<MailContent> {
  const mail = await simpleParser(withLineFeeds(raw), OPTIONS);
  const reaction = reactionIn(mail.attachments);
  const files = mail.attachments.filter((part) => part !== reaction?.part);
  const attachments = await Promise.all(files.slice(0, ATTACHMENTS_MAX).map(toAttachment));
  const head = readHead(mail.headers, mail.headerLines);
  const text = cleanText(mail.text ?? (mail.html ? "" : (reaction?.emoji ?? "")));
  const notes: string[] = [];
  if (mail.attachments.length > ATTACHMENTS_MAX) {
    notes.push(`It has ${mail.attachments.length} attachments; only the first ${ATTACHMENTS_MAX} are shown.`);
  }
  if (Buffer.byteLength(text) > TEXT_MAX_BYTES) notes.push("Its text is longer than 1 MB and was cut.");
  return {
    head,
    text: cutToBytes(text, TEXT_MAX_BYTES),
    html: mail.html ? mail.html : null,
    attachments,
    report: readDeliveryReport({
      head,
      lines: mail.headerLines,
      text,
      html: mail.html ? mail.html : null,
      parts: mail.attachments,
    }),
    reaction: reaction?.emoji ?? null,
    attachedFrom: await attachedSender(head, mail.attachments),
    contentHash: hashOf(head, mail),
    notes,
  };
}

function toSafeHtml(html: string): SafeHtml {
  const isTooLong = Buffer.byteLength(html) > HTML_MAX_BYTES;
  const sanitised = isTooLong ? null : sanitizeMailHtml(html.toWellFormed());
  const isShown = sanitised !== null && Buffer.byteLength(sanitised) <= SHOWN_HTML_MAX_BYTES;
  return {
    html: isShown ? sanitised : null,
    forText: sanitised ?? html,
    note: isShown ? null : "Its formatted version is longer than 1 MB; only the text is shown.",
  };
}

/** A mail that is attached, as some programs forward. An answer may carry one for another reason. */
async function attachedSender(head: MailHead, parts: Attachment[]): Promise<MailPerson | null> {
  const [only, ...others] = parts.filter(({ contentType }) => contentType === "message/rfc822");
  if (!only || others.length > 0) return null;
  if (head.signals.reportType !== null || kindOfSubject(head.subject) === "answer") return null;
  return (await readHeadOnly(only.content)).from;
}

async function readHeadOnly(raw: Uint8Array): Promise<MailHead> {
  const beginning = Buffer.from(withLineFeeds(raw.subarray(0, HEAD_MAX_BYTES))).toString("latin1");
  const end = /\r?\n\r?\n/.exec(beginning);
  const head = beginning.slice(0, end?.index ?? beginning.lastIndexOf("\n"));
  // Without the Content- fields the mail parses as an empty text.
  const fields = head.split(/\r?\n(?![ \t])/).filter((field) => !/^content-/i.test(field));
  const mail = await simpleParser(Buffer.from(`${fields.join("\r\n")}\r\n\r\n`, "latin1"), OPTIONS);
  return readHead(mail.headers, mail.headerLines);
}

/** Old systems end lines with CR alone, which would make the whole mail one header. */
function withLineFeeds(raw: Uint8Array): Buffer {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  return bytes.includes(10) ? bytes : Buffer.from(bytes.toString("latin1").replaceAll("\r", "\n"), "latin1");
}

async function toAttachment(part: Attachment, index: number): Promise<MailAttachment> {
  const contentType = cleanContentType(part.contentType);
  const isMail = contentType === "message/rfc822" && part.filename === undefined;
  const subject = isMail ? (await readHeadOnly(part.content)).subject.replace(/[/\\]/g, "_") : "";
  return {
    filename: cleanFilename(
      subject === "" ? (part.filename ?? null) : `${subject}.eml`,
      contentType,
      index + 1,
    ),
    contentType,
    contentId:
      part.cid === undefined ? null : cutToLength(cleanLine(part.cid, 998).replace(/[<>"'\s]/g, ""), 250),
    // A copy: the parser's buffers are parts of larger ones, which would be sent to the other thread whole.
    content: Uint8Array.from(part.content),
  };
}

function hashOf(head: MailHead, mail: Parsed): string {
  const files = mail.attachments.map((part) => createHash("sha256").update(part.content).digest("hex"));
  return createHash("sha256")
    .update(
      JSON.stringify([head.senders[0]?.address ?? "", head.subject, mail.text ?? "", mail.html || "", files]),
    )
    .digest("hex");
}
