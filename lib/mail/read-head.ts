// Plain Node: loaded by the parse worker, so no path alias and no "server-only".
import { domainToASCII } from "node:url";
import type { AddressObject, EmailAddress, HeaderLines, Headers, StructuredHeader } from "mailparser";
import { cleanLine } from "./clean-text.ts";
import {
  RECIPIENTS_MAX,
  REFERENCES_MAX,
  SUBJECT_MAX,
  type MailHead,
  type MailPerson,
} from "./parsed-mail.ts";

const NAME_MAX = 200;
const ADDRESS_MAX = 254;
const MESSAGE_ID_MAX = 998;

/** A mail's header as mailparser read it, cleaned, cut to our limits and with no address we could not write to. */
export function readHead(headers: Headers, headerLines: HeaderLines): MailHead {
  const from = people(headers, "from");
  const valueOf = (key: string) => headerValue(headerLines, key);
  const senders = [...from, ...people(headers, "reply-to"), ...people(headers, "sender")].filter(hasAddress);
  return {
    messageId: messageIds(valueOf("message-id"))[0] ?? null,
    inReplyTo: messageIds(valueOf("in-reply-to")).slice(0, REFERENCES_MAX),
    references: messageIds(valueOf("references")).slice(-REFERENCES_MAX),
    senders: senders.slice(0, RECIPIENTS_MAX),
    fromName: from.find((person) => person.name !== null)?.name ?? null,
    replyTo: people(headers, "reply-to").find(hasAddress)?.address ?? null,
    to: addresses(headers, "to"),
    cc: addresses(headers, "cc"),
    subject: cleanLine(textOf(headers.get("subject")), SUBJECT_MAX),
    signals: {
      autoSubmitted: lowered(valueOf("auto-submitted")),
      hasAutoReplyHeader: ["x-autoreply", "x-autorespond", "x-autoresponder"].some(
        (key) => valueOf(key) !== "",
      ),
      precedence: lowered(valueOf("precedence")),
      returnPath: lowered(valueOf("return-path")),
      reportType: reportType(headers),
      list: lowered([valueOf("list-post"), valueOf("list-id"), valueOf("mailing-list")].join(" ")),
    },
  };
}

/**
 * The Message-IDs in a header, in its order, each once, without brackets. Takes the forms that occur: folded, with
 * commas, with blanks inside the brackets, and bare.
 */
export function messageIds(value: string): string[] {
  const bracketed = [...value.matchAll(/<([^<>]*)>/g)].map((match) => match[1] ?? "");
  const found = bracketed.length > 0 ? bracketed : value.split(/[\s,]+/).filter((word) => word.includes("@"));
  const ids = found.map((id) => id.replace(/[\s\p{Cc}\p{Cf}<>]/gu, "").slice(0, MESSAGE_ID_MAX));
  return [...new Set(ids)].filter((id) => id !== "");
}

/** Every line of that header, unfolded, as one string; "" where there is none. */
function headerValue(lines: HeaderLines, key: string): string {
  return lines
    .filter((line) => line.key === key)
    .map(({ line }) => line.slice(line.indexOf(":") + 1).replace(/\r?\n/g, ""))
    .join(" ")
    .trim();
}

function people(headers: Headers, key: "from" | "reply-to" | "sender" | "to" | "cc"): MailPerson[] {
  // mailparser documents these headers as one address object, or an array where the header came more than once.
  const value = headers.get(key) as AddressObject | AddressObject[] | undefined;
  const entries = (value === undefined ? [] : [value].flat()).flatMap((list) => list.value);
  return entries
    .slice(0, 10 * RECIPIENTS_MAX)
    .flatMap(flatten)
    .map(toPerson);
}

function flatten(entry: EmailAddress): EmailAddress[] {
  return entry.group ? entry.group.slice(0, RECIPIENTS_MAX).flatMap(flatten) : [entry];
}

function toPerson(entry: EmailAddress): MailPerson {
  const name = cleanLine(entry.name, NAME_MAX);
  return { address: toAddress(entry.address ?? ""), name: name === "" ? null : name };
}

function hasAddress(person: MailPerson): boolean {
  return person.address !== "";
}

function addresses(headers: Headers, key: "to" | "cc"): string[] {
  const found = people(headers, key).map((person) => person.address);
  return [...new Set(found)].filter((address) => address !== "").slice(0, RECIPIENTS_MAX);
}

/** One plain address with the domain as it goes on the wire, or "" for what is none. */
export function toAddress(value: string): string {
  const [, local = "", domain = ""] =
    /^([^\s@<>"(),:;\\[\]\p{C}]+)@([^\s@<>"(),:;\\\p{C}]+)$/u.exec(value.trim()) ?? [];
  const ascii = domainToASCII(domain);
  const address = `${local}@${ascii}`;
  return local === "" || ascii === "" || address.length > ADDRESS_MAX ? "" : address;
}

function reportType(headers: Headers): string | null {
  // mailparser documents content-type as a value with parameters.
  const type = headers.get("content-type") as StructuredHeader | undefined;
  return type?.value === "multipart/report" ? lowered(type.params["report-type"] ?? "") : null;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function lowered(value: string): string | null {
  const line = cleanLine(value, SUBJECT_MAX).toLowerCase();
  return line === "" ? null : line;
}
