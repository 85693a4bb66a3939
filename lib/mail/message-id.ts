import "server-only";
import { createHash } from "node:crypto";

/** Longest Message-ID we keep, in characters; RFC 5322 allows a line of 998. */
const MESSAGE_ID_MAX = 998;

/**
 * A Message-ID as we compare it: without angle brackets, white space and control characters, case kept (RFC 5322
 * makes the left side case-sensitive). Null where nothing is left that could name a mail.
 */
export function normaliseMessageId(value: string | null | undefined): string | null {
  const bare = (value ?? "").replace(/[\s\p{Cc}\p{Cf}<>]/gu, "").slice(0, MESSAGE_ID_MAX);
  return bare === "" ? null : bare;
}

/** `_id` of the `ThreadAlias` that says which thread of `inbox` a Message-ID belongs to. Brackets do not matter. */
export function aliasId(inbox: string, rfcMessageId: string): string {
  return createHash("sha256")
    .update(JSON.stringify([inbox.toLowerCase(), normaliseMessageId(rfcMessageId) ?? ""]))
    .digest("hex");
}
