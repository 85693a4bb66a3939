// Loaded by the sender check's thread as plain Node: no path alias and no "server-only".
import { isAligned } from "./aligned-domains.ts";
import { isAtOrBelow } from "./domain.ts";
import { signerOf, tagOf } from "./signature-tags.ts";

/** Signatures of one mail that are verified. */
export const SIGNATURES_VERIFIED_MAX = 5;

/** A field begins with a name and a colon; other lines belong to the field above. */
const FIELD_START = /^[\x21-\x39\x3b-\x7e]+[ \t]*:/;

/**
 * The head of a mail with those signatures only that can say something about `domain`: DKIM signatures of its owner, at
 * most `SIGNATURES_VERIFIED_MAX`, and an ARC chain if its newest set is by one of `trustedIds`. So whoever made the mail
 * cannot choose whose keys are asked for. `signatures` counts the DKIM signatures that were kept.
 */
export function withTellingSignatures(
  head: string,
  domain: string,
  trustedIds: readonly string[],
): { head: string; signatures: number; hasArc: boolean } {
  const fields = fieldsOf(head);
  const hasArc = isSealedByOneOf(fields, trustedIds);
  let signatures = 0;
  const kept = fields.filter((field) => {
    const name = nameOf(field);
    if (name.startsWith("arc-")) return hasArc;
    if (name !== "dkim-signature") return true;
    if (signatures >= SIGNATURES_VERIFIED_MAX || !isAligned(signerOf(field), domain)) return false;
    signatures += 1;
    return true;
  });
  return { head: kept.map((field) => `${field}\r\n`).join(""), signatures, hasArc };
}

/** Each field with its continuation lines, joined by CRLF. */
function fieldsOf(head: string): string[] {
  const fields: string[][] = [];
  for (const line of head.split(/\r?\n/)) {
    const last = fields.at(-1);
    if (last && !FIELD_START.test(line)) last.push(line);
    else fields.push([line]);
  }
  return fields.map((lines) => lines.join("\r\n"));
}

function isSealedByOneOf(fields: string[], trustedIds: readonly string[]): boolean {
  return ["arc-seal", "arc-message-signature"].every((name) => {
    const sets = fields.filter((field) => nameOf(field) === name);
    const newest = sets.reduce((found, field) => (setOf(field) > setOf(found) ? field : found), "");
    const signer = signerOf(newest);
    return trustedIds.some((id) => isAtOrBelow(signer, id));
  });
}

function setOf(field: string): number {
  const number = Number(tagOf(field, "i"));
  return Number.isInteger(number) ? number : 0;
}

function nameOf(field: string): string {
  return field
    .slice(0, Math.max(0, field.indexOf(":")))
    .trim()
    .toLowerCase();
}
