import "server-only";
import { createHash, type Hash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

/** How much of a mail is searched for the end of its head. */
const HEAD_SEARCH_BYTES = 256 * 1024;
/** Several times the lines of the longest heads, which name a thousand recipients. More would take tens of ms. */
const HEAD_SEARCH_LINES = 5_000;
/** How much is worked on before other work of the process gets its turn. */
export const WORK_BYTES = 256 * 1024;

/** Header fields added in transit, which differ between two arrivals of the same mail. */
const TRACE_FIELDS = new Set(
  `received return-path delivered-to x-received x-original-to x-forwarded-to x-forwarded-for x-forwarded-encrypted
  dkim-signature domainkey-signature authentication-results received-spf`.split(/\s+/),
);
const TRACE_FAMILY = /^(?:arc|x-google|x-gm)-[a-z-]+$/;
/** Longest name compared; the names that matter are shorter. */
const NAME_MAX = 64;

const LF = 0x0a;
const CR = 0x0d;
const TAB = 0x09;
const SPACE = 0x20;
const COLON = 0x3a;
const CR_BYTE = Buffer.from([CR]);

export type MailIdentity = {
  /** The same for every arrival of the mail. */
  hash: string;
  /** False if the mail is only the same as the very same bytes. */
  isMail: boolean;
  /** Whether its head has a Date or a Message-ID, so that no two mails look alike. */
  isDated: boolean;
  /** Nothing but blanks and line ends. */
  isEmpty: boolean;
};

/**
 * Identifies a mail, given in parts. Two mails have the same hash only if they differ in trace fields and line ends
 * alone: it covers the inbox and the mail with line ends as LF, none at its end, and without the fields added in
 * transit. That holds only if what is left is still a mail: the head ends within 256 KB and 5,000 lines; each of its
 * lines is a field or continues one; no CR stands alone in it; and a From field with a value is left. Anything else is
 * hashed byte for byte. See docs/decisions/0012. Takes time in proportion to the size and little memory, and lets other
 * work go on after every 256 KB.
 */
export async function identifyMail(inbox: string, parts: readonly Uint8Array[]): Promise<MailIdentity> {
  const end = await endOfContent(parts);
  const searched = beginning(parts, Math.min(end, HEAD_SEARCH_BYTES));
  const head = readHead(searched, end <= HEAD_SEARCH_BYTES);
  const isEmpty = await isBlank(parts);
  const hash = createHash("sha256");
  if (head.kept) {
    hash.update(`${inbox}\n`).update(head.kept);
    const rest = new LineEnds(hash);
    for await (const piece of pieces(parts, head.end, end)) rest.update(piece);
  } else {
    // No inbox begins with NUL, so such a mail shares no hash with one of the other kind.
    hash.update(`\0whole\n${inbox}\n`);
    for await (const piece of pieces(parts, 0)) hash.update(piece);
  }
  return { hash: hash.digest("hex"), isMail: head.kept !== null, isDated: head.isDated, isEmpty };
}

type Range = { from: number; to: number };
/**
 * `end` is the index of the line end before the first empty line. `kept` are the fields that are no trace, with LF
 * between lines; null if the mail is hashed whole.
 */
type Head = { end: number; kept: Buffer | null; isDated: boolean };

/** Reads the head, in one pass. `isAll` if `bytes` is the whole mail, which then may be a head without a body. */
function readHead(bytes: Buffer, isAll: boolean): Head {
  const kept = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let isOdd = false;
  let hasFrom = false;
  let isDated = false;
  let name: string | null = null;
  let end = 0;
  let at = 0;
  for (let lines = 0; at < bytes.length; lines += 1) {
    if (lines > HEAD_SEARCH_LINES) return { end, kept: null, isDated };
    const line = lineAt(bytes, at);
    isOdd ||= line.isCr;
    if (line.to === at) break;
    const isContinued = bytes[at] === SPACE || bytes[at] === TAB;
    const colon = isContinued ? -1 : endOfName(bytes, line);
    if (!isContinued) name = colon < 0 ? null : nameOf(bytes.subarray(at, colon));
    const hasText = !isBlankRange(bytes, isContinued ? at : colon + 1, line.to);
    isOdd ||= name === null || (isContinued && !hasText);
    hasFrom ||= hasText && name === "from";
    isDated ||= hasText && (name === "date" || name === "message-id");
    if (name !== null && !isTrace(name)) {
      if (length > 0) length = kept.writeUInt8(LF, length);
      length += bytes.copy(kept, length, at, line.to);
    }
    end = line.to;
    at = line.next;
  }
  const hasEnd = at < bytes.length || isAll;
  return { end, kept: isOdd || !hasFrom || !hasEnd ? null : kept.subarray(0, length), isDated };
}

/** The line that begins at `from`: where its text ends, and where the next begins. CRLF, LF and CR alone end a line. */
function lineAt(bytes: Buffer, from: number): { from: number; to: number; next: number; isCr: boolean } {
  let to = from;
  while (to < bytes.length && bytes[to] !== LF && bytes[to] !== CR) to += 1;
  const isCrLf = bytes[to] === CR && bytes[to + 1] === LF;
  return { from, to, next: to + (isCrLf ? 2 : 1), isCr: bytes[to] === CR && !isCrLf };
}

/** Index of the colon after the field's name; -1 if the line is no field. Blanks may stand before the colon. */
function endOfName(bytes: Buffer, { from, to }: Range): number {
  let at = from;
  while (at < to && isNameByte(bytes[at] ?? 0)) at += 1;
  if (at === from) return -1;
  while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
  return at < to && bytes[at] === COLON ? at : -1;
}

/** RFC 5322: printable ASCII without the colon. */
function isNameByte(byte: number): boolean {
  return byte > SPACE && byte < 0x7f && byte !== COLON;
}

function nameOf(bytes: Buffer): string {
  return bytes.subarray(0, NAME_MAX).toString("latin1").trimEnd().toLowerCase();
}

function isTrace(name: string): boolean {
  return TRACE_FIELDS.has(name) || TRACE_FAMILY.test(name);
}

function isBlankRange(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== LF && byte !== CR) return false;
  }
  return true;
}

async function isBlank(parts: readonly Uint8Array[]): Promise<boolean> {
  for await (const piece of pieces(parts, 0)) if (!isBlankRange(piece, 0, piece.length)) return false;
  return true;
}

/** Length without the trailing line ends, which transports add and drop. */
async function endOfContent(parts: readonly Uint8Array[]): Promise<number> {
  let end = parts.reduce((sum, part) => sum + part.length, 0);
  let worked = 0;
  for (const part of parts.toReversed()) {
    for (let at = part.length - 1; at >= 0; at -= 1) {
      if (part[at] !== LF && part[at] !== CR) return end;
      end -= 1;
      worked += 1;
      if (worked % WORK_BYTES === 0) await nextTurn();
    }
  }
  return end;
}

function beginning(parts: readonly Uint8Array[], length: number): Buffer {
  const taken: Uint8Array[] = [];
  let missing = length;
  for (const part of parts) {
    if (missing <= 0) break;
    taken.push(part.subarray(0, missing));
    missing -= part.length;
  }
  const [only] = taken;
  return taken.length === 1 && only
    ? Buffer.from(only.buffer, only.byteOffset, only.length)
    : Buffer.concat(taken);
}

/** The bytes between two places of the mail, in pieces of at most 256 KB, with a turn of the event loop between. */
async function* pieces(
  parts: readonly Uint8Array[],
  from: number,
  to = Infinity,
): AsyncGenerator<Uint8Array, void> {
  let start = 0;
  let worked = 0;
  for (const part of parts) {
    const stop = Math.min(part.length, to - start);
    for (let at = Math.max(0, from - start); at < stop; at += WORK_BYTES) {
      const piece = part.subarray(at, Math.min(at + WORK_BYTES, stop));
      if (worked + piece.length > WORK_BYTES) {
        await nextTurn();
        worked = 0;
      }
      worked += piece.length;
      yield piece;
    }
    start += part.length;
  }
}

/** Adds bytes to a hash with CRLF as LF, also if the two come in different pieces. The last byte must not be a CR. */
class LineEnds {
  private isCrPending = false;
  private scratch: Buffer | null = null;

  constructor(private readonly hash: Hash) {}

  update(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.isCrPending && piece[0] !== LF) this.hash.update(CR_BYTE);
    this.isCrPending = piece.at(-1) === CR;
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length - (this.isCrPending ? 1 : 0));
    this.hash.update(bytes.includes("\r\n") ? this.withoutCr(bytes) : bytes);
  }

  private withoutCr(bytes: Buffer): Buffer {
    if (!this.scratch || this.scratch.length < bytes.length) this.scratch = Buffer.allocUnsafe(bytes.length);
    const out = this.scratch;
    let length = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte === CR && bytes[at + 1] === LF) continue;
      out[length] = byte;
      length += 1;
    }
    return out.subarray(0, length);
  }
}
