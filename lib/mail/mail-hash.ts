import "server-only";
import { createHash } from "node:crypto";

/** Header fields added in transit, which differ between two arrivals of the same mail. */
const TRACE_FIELD =
  /^(?:received|return-path|delivered-to|x-received|x-original-to|x-forwarded-(?:to|for|encrypted)|dkim-signature|domainkey-signature|arc-[a-z-]+|authentication-results|received-spf|x-google-[a-z-]+|x-gm-[a-z-]+)[ \t]*:/i;

const LF = 0x0a;
const CR = 0x0d;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The same for every arrival of a mail: sha256 over the inbox and the raw mail, with line ends as LF, none at its end,
 * and without the fields added in transit.
 */
export function mailHash(inbox: string, raw: Uint8Array): string {
  const mail = Buffer.from(raw.buffer, raw.byteOffset, endOfContent(raw));
  const headEnd = endOfHead(mail);
  const fields = withLf(mail.subarray(0, headEnd)).split(/\n(?![ \t])/);
  const hash = createHash("sha256").update(`${inbox}\n`);
  hash.update(fields.filter((field) => !TRACE_FIELD.test(field)).join("\n"), "latin1");
  for (let start = headEnd; start < mail.length;) {
    let end = Math.min(start + CHUNK_BYTES, mail.length);
    if (mail[end - 1] === CR && mail[end] === LF) end += 1;
    hash.update(withLf(mail.subarray(start, end)), "latin1");
    start = end;
  }
  return hash.digest("hex");
}

/** Length without the trailing line ends, which transports add and drop. */
function endOfContent(raw: Uint8Array): number {
  let end = raw.length;
  while (end > 0 && (raw[end - 1] === LF || raw[end - 1] === CR)) end -= 1;
  return end;
}

/** Index of the line end before the first empty line; the whole length if there is no empty line. */
function endOfHead(mail: Buffer): number {
  const ends = [mail.indexOf("\n\n"), mail.indexOf("\n\r\n")].filter((index) => index >= 0);
  if (ends.length === 0) return mail.length;
  const end = Math.min(...ends);
  return mail[end - 1] === CR ? end - 1 : end;
}

function withLf(bytes: Buffer): string {
  return bytes.toString("latin1").replaceAll("\r\n", "\n");
}
