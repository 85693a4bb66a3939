// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import { addressKey } from "./address.ts";
import { rawValues } from "./header-lines.ts";
import { messageIds, normaliseMessageId } from "./message-id.ts";
import type { DeliveryReport } from "./parsed-mail.ts";
import type { Candidate } from "./report-evidence.ts";

const IDS_MAX = 50;
const LINES_MAX = 4_000;
/** Of these, some are addresses. */
const LOOSE_MAX = 2 * IDS_MAX;
const LOOSE_READ = 128 * 1024;
const ID_LIKE = /<[^<>\s@]{1,500}@[^<>\s@]{1,300}>/g;
const ID_LINE = /^[\s>|*-]{0,20}(?:the |your |original )?message[- ]?id\s{0,3}[:=]?\s{0,3}(\S.{0,999})?$/i;
/** Fields in which some systems keep the id or the envelope id that the mail had before. */
const ORIGINAL = [
  "x-original-message-id",
  "original-message-id",
  "x-google-original-message-id",
  "x-original-messageid",
  "original-envelope-id",
  "x-microsoft-original-message-id",
];

/**
 * Every Message-ID that a report names, each once, at most 50: that of the returned mail, those that the report answers,
 * the ids it had before, its references, and whatever else looks like an id. `addresses` are the keys of known addresses,
 * which look like one too. `namesMail` counts neither references nor what only looks like an id.
 */
export function reportedIds(
  mail: Candidate,
  addresses: ReadonlySet<string>,
): Pick<DeliveryReport, "messageIds" | "namesMail"> {
  const { head, lines, returned, status, everything } = mail;
  const ownFields = ORIGINAL.flatMap((name) => rawValues(lines, name));
  const otherFields = [returned, ...status].flatMap((fields) =>
    ORIGINAL.map((name) => fields.get(name) ?? ""),
  );
  const referenced = messageIds(returned.get("references") ?? "").toReversed();
  const ofMail = [
    ...messageIds(returned.get("message-id") ?? idInText(everything)),
    ...head.inReplyTo,
    ...head.references.toReversed(),
    ...[...ownFields, ...otherFields].flatMap(messageIds),
  ];
  const found = [
    ...ofMail,
    ...referenced,
    ...messageIds(returned.get("in-reply-to") ?? ""),
    ...looseIds(everything, addresses),
  ];
  const ids = [...new Set(found)].filter((id) => id !== head.messageId);
  return { messageIds: ids.slice(0, IDS_MAX), namesMail: ofMail.length > 0 };
}

/** The id after "Message-ID:" at the beginning of a line, or on the next one. */
function idInText(text: string): string {
  const lines = text.split("\n", LINES_MAX);
  const at = lines.findIndex((line) => line.length < 1_200 && ID_LINE.test(line.trimEnd()));
  const value = ID_LINE.exec(lines[at]?.trimEnd() ?? "")?.[1] ?? lines[at + 1] ?? "";
  return at < 0
    ? ""
    : (/<[^<>\s]{1,998}>/.exec(value)?.[0] ??
        (value.includes("@") ? (value.trim().split(/\s/)[0] ?? "") : ""));
}

function looseIds(text: string, addresses: ReadonlySet<string>): string[] {
  const written = new Set<string>();
  for (const [value] of text.slice(0, LOOSE_READ).matchAll(ID_LIKE)) {
    if (written.size === LOOSE_MAX) break;
    written.add(value);
  }
  const ids = [...written].map(normaliseMessageId);
  return ids.filter((id) => id !== null).filter((id) => !addresses.has(addressKey(id)));
}
