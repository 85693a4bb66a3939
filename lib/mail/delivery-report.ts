// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import type { HeaderLines } from "mailparser";
import type { DeliveryCause } from "@/lib/api/vocabulary";
import { addressKey, toAddress } from "./address.ts";
import { cutToLength } from "./clean-text.ts";
import { causeOf } from "./delivery-cause.ts";
import { rawValues } from "./header-lines.ts";
import { htmlToText } from "./html-to-text.ts";
import { messageIds } from "./message-id.ts";
import type { DeliveryReport, MailHead, ReportedRecipient } from "./parsed-mail.ts";
import { isDeliveryReport, SERVER_REPLY, type Candidate } from "./report-evidence.ts";
import { reportedIds } from "./report-ids.ts";
import { reportPieces, type ReportPart } from "./report-parts.ts";
import { DETAIL_MAX, statusEntries, statusIn, type Outcome, type StatusEntry } from "./report-status.ts";
import { namedRecipients, wordsOfServer } from "./report-text.ts";
import { outcomeInWords } from "./report-words.ts";

const RECIPIENTS_MAX = 20;
const TEXT_READ = 64 * 1024;
/** A report tells its outcome at its beginning. */
const WORDS_READ = 8_000;

type ReportMail = {
  head: MailHead;
  lines: HeaderLines;
  text: string;
  html: string | null;
  parts: ReportPart[];
};

/**
 * The delivery report that a mail is; null if it is none. Everything in it may be forged. Reads 64 KB of the text and of
 * each of at most 20 parts, in linear time.
 */
export function readDeliveryReport({ head, lines, text, html, parts }: ReportMail): DeliveryReport | null {
  const readable =
    text === "" && html !== null ? htmlToText(html.slice(0, TEXT_READ)) : text.slice(0, TEXT_READ);
  const mail: Candidate = { head, lines, parts, ...reportPieces(readable, parts) };
  return isDeliveryReport(mail) ? toReport(mail) : null;
}

function toReport(mail: Candidate): DeliveryReport {
  const { head, said } = mail;
  const words = outcomeInWords(head.subject, said.slice(0, WORDS_READ));
  const entries = statusEntries(mail.status).map((entry) => ({ ...entry, outcome: entry.outcome ?? words }));
  const outcome = gravest(entries.map((entry) => entry.outcome)) ?? words;
  const answer = wordsOfServer(said);
  const recipients = distinct(
    recipientsOf(
      mail,
      entries.filter((entry) => entry.outcome === outcome),
    ),
  )
    .map((recipient) => completed(recipient, answer))
    .slice(0, RECIPIENTS_MAX);
  const details = [...new Set(recipients.map(({ detail }) => detail))].filter((detail) => detail !== "");
  const detail = cutToLength(details.length === 0 ? answer : details.join("\n"), DETAIL_MAX);
  return {
    outcome,
    ...reportedIds(mail, addressesOf(mail, recipients)),
    recipients,
    detail,
    cause: causeOfAll(recipients, detail, said),
  };
}

function gravest(outcomes: Outcome[]): Outcome | undefined {
  return (["failed", "delayed", "delivered"] as const).find((outcome) => outcomes.includes(outcome));
}

/** By the delivery status, else by X-Failed-Recipients, else by the sentences. */
function recipientsOf(mail: Candidate, entries: (StatusEntry & { outcome: Outcome })[]): ReportedRecipient[] {
  const named = namedRecipients(mail.said, othersOf(mail));
  const saidOf = (address: string) => named.find((one) => addressKey(one.address) === addressKey(address));
  const withWords = (one: ReportedRecipient) =>
    one.detail === "" ? { ...one, detail: saidOf(one.address)?.detail ?? "" } : one;
  const byStatus = entries.flatMap(({ address, original, status, detail }) =>
    // We wrote to the original address; the final one may be where its owner has mail forwarded to.
    [address, original].map((one) => ({ address: one, status, detail })),
  );
  const known = byStatus.filter(({ address }) => address !== "");
  if (known.length > 0) return known.map(withWords);
  const failed = rawValues(mail.lines, "x-failed-recipients")
    .flatMap((value) => value.slice(0, 4_000).split(/[\s,;<>]+/))
    .map(toAddress)
    .filter((address) => address !== "");
  const told = failed.length > 0 ? failed.map((address) => ({ address, status: null, detail: "" })) : named;
  const status = entries[0]?.status ?? null;
  return told.map(withWords).map((one) => ({
    ...one,
    status: one.status ?? status,
    detail: one.detail || (entries[0]?.detail ?? ""),
  }));
}

/** With the report's own answer if there are no words about this recipient. */
function completed({ address, status, detail }: ReportedRecipient, answer: string): ReportedRecipient {
  const words = detail === "" ? answer : detail;
  return { address, status: status ?? statusIn(words), detail: words };
}

function distinct(recipients: ReportedRecipient[]): ReportedRecipient[] {
  const byKey = new Map<string, ReportedRecipient>();
  for (const recipient of recipients) {
    const key = addressKey(recipient.address);
    if (!byKey.has(key)) byKey.set(key, recipient);
  }
  return [...byKey.values()];
}

function addressesOf({ head }: Candidate, recipients: ReportedRecipient[]): Set<string> {
  const people = [...head.to, ...head.cc, ...head.senders, ...recipients];
  return new Set(people.map(({ address }) => addressKey(address)));
}

/** The keys of what looks like an address and is no failed one: the people and ids of the report's header, the returned id. */
function othersOf({ head, returned }: Candidate): Set<string> {
  const people = [...head.to, ...head.cc, ...head.senders].map(({ address }) => address);
  const ids = [...head.inReplyTo, ...head.references, ...messageIds(returned.get("message-id") ?? "")];
  return new Set([...people, ...ids].map(addressKey));
}

/** Templates list causes that may not be the one, so they only count if no server answered. */
function causeOfAll(recipients: ReportedRecipient[], detail: string, said: string): DeliveryCause {
  const each = recipients.map((recipient) => causeOf(recipient.status, recipient.detail));
  const known = [...each, causeOf(null, detail)].find((cause) => cause !== "other");
  if (known !== undefined || SERVER_REPLY.test(detail)) return known ?? "other";
  return causeOf(null, said);
}
