// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import type { HeaderLines, Headers } from "mailparser";
import { addressKey, toAddress } from "./address.ts";
import { cleanLine } from "./clean-text.ts";
import { headerValues, peopleIn, rawValues } from "./header-lines.ts";
import { messageIds, ownMessageId } from "./message-id.ts";
import { readSignals } from "./read-signals.ts";
import { signerOf } from "./signature-tags.ts";
import {
  RECIPIENTS_MAX,
  REFERENCES_MAX,
  SUBJECT_MAX,
  type MailHead,
  type MailList,
  type MailPerson,
} from "./parsed-mail.ts";

/** How many servers' results are kept, and how much of each: a line of results of one server has some 500 characters. */
const AUTHENTICATION_RESULTS_MAX = 10;
const AUTHENTICATION_RESULT_MAX = 4_000;
const SIGNATURES_MAX = 1_000;

/** A mail's header as mailparser read it, cleaned and cut to our limits; unusable addresses are left out. */
export function readHead(headers: Headers, headerLines: HeaderLines): MailHead {
  const valueOf = (key: string) => rawValues(headerLines, key).join(" ").trim();
  const peopleOf = (key: string) => headerValues(headerLines, key).flatMap(peopleIn);
  const from = peopleIn(headerValues(headerLines, "from")[0] ?? "");
  const replyTo = peopleOf("reply-to");
  const senders = [...from, ...replyTo, ...peopleOf("sender")].filter(hasAddress);
  const head = {
    messageId: ownMessageId(valueOf("message-id")),
    inReplyTo: messageIds(valueOf("in-reply-to")).slice(0, REFERENCES_MAX),
    references: messageIds(valueOf("references")).slice(-REFERENCES_MAX),
    senders: senders.slice(0, RECIPIENTS_MAX),
    from: from.find(hasAddress) ?? null,
    authors: authorsIn(peopleOf("from")),
    date: dateOf(valueOf("date")),
    fromName: from.find((person) => person.name !== null)?.name ?? null,
    replyTo: distinct(replyTo),
    to: distinct(peopleOf("to")),
    cc: distinct(peopleOf("cc")),
    original: [...peopleOf("x-original-from"), ...peopleOf("x-original-sender")].find(hasAddress) ?? null,
    list: listOf(valueOf("list-post") || valueOf("mailing-list"), rawValues(headerLines, "list-id")[0] ?? ""),
    signedBy: signers(headerLines),
    authenticationResults: headerValues(headerLines, "authentication-results")
      .slice(0, AUTHENTICATION_RESULTS_MAX)
      .map((value) => cleanLine(value, AUTHENTICATION_RESULT_MAX)),
    subject: cleanLine(textOf(headers.get("subject")), SUBJECT_MAX),
  };
  return { ...head, signals: readSignals(headers, headerLines, head) };
}

/** "<mailto:team@lists.example>" or "list team@lists.example; contact …", and "Team <team.lists.example>". */
function listOf(post: string, id: string): MailList | null {
  const address = addressKey(toAddress(/(?:mailto:|^\s*list\s+)([^\s>?;,]+)/i.exec(post)?.[1] ?? ""));
  const named = lowered(/<([^<>]*)>[^<>]*$/.exec(id)?.[1] ?? id);
  return address === "" && named === null ? null : { address: address || null, id: named };
}

/** The domains that DKIM-Signature fields name as theirs (d=). */
function signers(lines: HeaderLines): string[] {
  const signatures = rawValues(lines, "dkim-signature").slice(0, SIGNATURES_MAX);
  return [...new Set(signatures.map((value) => signerOf(`:${value}`)).filter((domain) => domain !== ""))];
}

const ADDRESS_IN_NAME = /[^\s<>"',;()]+@[^\s<>"',;()]+/g;

/** Each address once, those in names too: mail servers differ on which of them is the author's. */
function authorsIn(from: MailPerson[]): number {
  const named = from.flatMap(({ name }) => name?.match(ADDRESS_IN_NAME) ?? []);
  return new Set([...from.map(({ address }) => address), ...named].map(addressKey)).size;
}

function dateOf(value: string): Date | null {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

function hasAddress(person: MailPerson): boolean {
  return person.address !== "";
}

/** The people who have an address, each address once, with the first name that it comes with. */
function distinct(found: MailPerson[]): MailPerson[] {
  const byAddress = new Map<string, MailPerson>();
  for (const { address, name } of found.filter(hasAddress)) {
    const known = byAddress.get(addressKey(address));
    byAddress.set(addressKey(address), { address: known?.address ?? address, name: known?.name ?? name });
  }
  return [...byAddress.values()].slice(0, RECIPIENTS_MAX);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function lowered(value: string): string | null {
  const line = cleanLine(value, SUBJECT_MAX).toLowerCase();
  return line === "" ? null : line;
}
