import "server-only";
import { MAIL_MAX_BYTES, REFUSED_HEAD_BYTES } from "./ledger";

/** A mail as far as it is kept: whole, or the beginning of one that is too large. `sizeBytes` counts what arrived. */
export type Collected =
  | { isTooLarge: false; raw: Buffer; sizeBytes: number }
  | { isTooLarge: true; head: Buffer; sizeBytes: number };

/**
 * Collects a mail that comes in parts, and never holds more than the largest mail allowed. Of a larger mail it keeps the
 * beginning; the rest is read and dropped, or with `stopEarly` not read. Rejects if the parts break off.
 */
export async function collectMail(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { stopEarly = false } = {},
): Promise<Collected> {
  let kept: Uint8Array[] = [];
  let sizeBytes = 0;
  let head: Buffer | null = null;
  for await (const part of parts) {
    sizeBytes += part.byteLength;
    if (sizeBytes <= MAIL_MAX_BYTES) {
      kept.push(part);
      continue;
    }
    head ??= Buffer.from(Buffer.concat([...kept, part]).subarray(0, REFUSED_HEAD_BYTES));
    kept = [];
    if (stopEarly) break;
  }
  return head
    ? { isTooLarge: true, head, sizeBytes }
    : { isTooLarge: false, raw: Buffer.concat(kept), sizeBytes };
}
