// Also loaded by the parse worker as plain Node: no path alias and no "server-only".
import { createHash } from "node:crypto";

/** Longest Message-ID kept, in characters; RFC 5322 allows a line of 998. */
const NORMALISED_MAX = 998;
/** Longest Message-ID put into a header: with the header's name it must fit into one line. */
const HEADER_TEXT_MAX = 900;

/** Some programs leave out the "@"; an answer must name their id all the same. */
const MESSAGE_ID = /^<[\x21-\x3b\x3d\x3f-\x7e]+>$/;

/**
 * A Message-ID in the form we compare: without angle brackets, white space and control characters, case kept (RFC 5322
 * makes the part before the "@" case-sensitive). Null if nothing is left.
 */
export function normaliseMessageId(value: string | null | undefined): string | null {
  const id = (value ?? "").replace(/[\s\p{Cc}\p{Cf}<>]/gu, "").slice(0, NORMALISED_MAX);
  return id === "" ? null : id;
}

/**
 * The normalised Message-IDs of a header, in order, each once. Reads every form in use: folded, with commas, with
 * blanks inside the brackets, and without brackets.
 */
export function messageIds(header: string): string[] {
  const inBrackets = [...header.matchAll(/<([^<>]*)>/g)].map((match) => match[1]);
  const found =
    inBrackets.length > 0 ? inBrackets : header.split(/[\s,]+/).filter((word) => word.includes("@"));
  return [...new Set(found.map(normaliseMessageId))].filter((id) => id !== null);
}

/** The normalised Message-ID of a mail's own header, which may lack the brackets and the "@"; null if it is empty. */
export function ownMessageId(header: string): string | null {
  return messageIds(header)[0] ?? normaliseMessageId(header);
}

/** True for one Message-ID in angle brackets that can be put into a header unchanged. */
export function isMessageId(value: string): boolean {
  return value.length <= HEADER_TEXT_MAX && MESSAGE_ID.test(value);
}

/** A Message-ID, with or without brackets, as a header carries it; null if it cannot be put into a header. */
export function inBrackets(id: string | null | undefined): string | null {
  const header = `<${normaliseMessageId(id) ?? ""}>`;
  return isMessageId(header) ? header : null;
}

/** `_id` of the `ThreadAlias` of a stored message; the same with and without brackets. */
export function aliasId(desk: string, rfcMessageId: string): string {
  return hashOf([desk.toLowerCase(), normaliseMessageId(rfcMessageId) ?? ""]);
}

/** `_id` of the `ThreadAlias` by which a Message-ID that a mail refers to counts for `addressKey`, and for nobody else. */
export function announcedAliasId(desk: string, rfcMessageId: string, addressKey: string): string {
  return hashOf([desk.toLowerCase(), normaliseMessageId(rfcMessageId) ?? "", addressKey]);
}

function hashOf(parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
