// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import type { AddressObject, EmailAddress, HeaderLines, Headers, StructuredHeader } from "mailparser";
import { addressKey, toAddress } from "./address.ts";
import { cleanLine } from "./clean-text.ts";
import { messageIds } from "./message-id.ts";
import { signerOf } from "./signature-tags.ts";
import {
  RECIPIENTS_MAX,
  REFERENCES_MAX,
  SUBJECT_MAX,
  type MailHead,
  type MailList,
  type MailPerson,
} from "./parsed-mail.ts";

const NAME_MAX = 200;
const SIGNATURES_MAX = 100;

/** A mail's header as mailparser read it, cleaned and cut to our limits; unusable addresses are left out. */
export function readHead(headers: Headers, headerLines: HeaderLines): MailHead {
  const from = people(headers, "from");
  const valueOf = (key: string) => headerValue(headerLines, key);
  const senders = [...from, ...people(headers, "reply-to"), ...people(headers, "sender")].filter(hasAddress);
  return {
    messageId: messageIds(valueOf("message-id"))[0] ?? null,
    inReplyTo: messageIds(valueOf("in-reply-to")).slice(0, REFERENCES_MAX),
    references: messageIds(valueOf("references")).slice(-REFERENCES_MAX),
    senders: senders.slice(0, RECIPIENTS_MAX),
    from: from.find(hasAddress) ?? null,
    fromName: from.find((person) => person.name !== null)?.name ?? null,
    replyTo: distinct(people(headers, "reply-to")),
    to: distinct(people(headers, "to")),
    cc: distinct(people(headers, "cc")),
    original: null,
    list: listOf(valueOf("list-post") || valueOf("mailing-list"), valueOf("list-id")),
    signedBy: signers(headerLines),
    authenticationResults: [],
    subject: cleanLine(textOf(headers.get("subject")), SUBJECT_MAX),
    signals: {
      autoSubmitted: lowered(valueOf("auto-submitted")),
      hasAutoReplyHeader: ["x-autoreply", "x-autorespond", "x-autoresponder"].some(
        (key) => valueOf(key) !== "",
      ),
      precedence: lowered(valueOf("precedence")),
      returnPath: lowered(valueOf("return-path")),
      reportType: reportType(headers),
    },
  };
}

/** "<mailto:team@lists.example>" or "list team@lists.example; contact …", and "Team <team.lists.example>". */
function listOf(post: string, id: string): MailList | null {
  const address = toAddress(/(?:mailto:|^list\s+)([^\s>?;,]+)/i.exec(post)?.[1] ?? "").toLowerCase();
  const named = lowered(/<([^<>]*)>\s*$/.exec(id)?.[1] ?? id);
  return address === "" && named === null ? null : { address: address || null, id: named };
}

/** The domains that DKIM-Signature fields name as theirs (d=). */
function signers(lines: HeaderLines): string[] {
  const signatures = lines.filter(({ key }) => key === "dkim-signature").slice(0, SIGNATURES_MAX);
  return [...new Set(signatures.map(({ line }) => signerOf(line)).filter((domain) => domain !== ""))];
}

/** All lines of that header, unfolded and joined; "" if there is none. */
function headerValue(lines: HeaderLines, key: string): string {
  return lines
    .filter((line) => line.key === key)
    .map(({ line }) => line.slice(line.indexOf(":") + 1).replace(/\r?\n/g, ""))
    .join(" ")
    .trim();
}

function people(headers: Headers, key: "from" | "reply-to" | "sender" | "to" | "cc"): MailPerson[] {
  // mailparser documents these headers as one address object, or an array if the header came more than once.
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

/** The people who have an address, each address once. */
function distinct(found: MailPerson[]): MailPerson[] {
  const byAddress = new Map(found.filter(hasAddress).map((person) => [addressKey(person.address), person]));
  return [...byAddress.values()].slice(0, RECIPIENTS_MAX);
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
