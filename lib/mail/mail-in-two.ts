// Loaded by the sender check's thread as plain Node: no path alias and no "server-only".

/** The head as latin1 text, without the empty line at its end, and the body in pieces. */
export type MailInTwo = { head: string; body: AsyncIterable<Buffer> };

/** The mail is built in a way that no mail program builds one, and that would take long to verify. */
export class MailTooOddError extends Error {}

const HEAD_MAX = 128 * 1024;
const HEAD_LINES_MAX = 2_000;
/** Longest run of white space in a head. Some patterns take quadratic time on longer ones. */
const BLANKS_MAX = 500;
/** Longest line of a body. Mail servers allow 998 bytes; one without line ends is verified in quadratic time. */
const LINE_MAX = 1024 * 1024;
/** Longest computing time of this thread for one body. 40 MB take half a second; lines of one blank each, much longer. */
const BODY_LIMIT_MS = 2_000;

/** Reads the head and leaves the body unread. Throws `MailTooOddError` beyond our limits. */
export async function readInTwo(pieces: AsyncGenerator<Buffer>): Promise<MailInTwo> {
  let read = "";
  for (;;) {
    const end = /(?:^|\n)\r?\n/.exec(read);
    if ((end?.index ?? read.length) > HEAD_MAX) throw new MailTooOddError("The head is too long");
    if (end) return twoParts(read.slice(0, end.index), read.slice(end.index + end[0].length), pieces);
    const { value } = await pieces.next();
    if (!value) return twoParts(read, "", pieces);
    read += (value as Buffer).toString("latin1");
  }
}

function twoParts(head: string, begun: string, rest: AsyncIterable<Buffer>): MailInTwo {
  if (head.split("\n").length > HEAD_LINES_MAX) throw new MailTooOddError("The head has too many lines");
  if (head.split(/\S+/).some((blanks) => blanks.length > BLANKS_MAX))
    throw new MailTooOddError("The head is mostly white space");
  return { head: head.replace(/\r$/, ""), body: joined(Buffer.from(begun, "latin1"), rest) };
}

async function* joined(begun: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield begun;
  yield* rest;
}

/**
 * The body with CRLF at the end of each line. Throws `MailTooOddError` at a line of more than 1 MB, and once the thread has
 * computed for `limitMs`, whatever it did.
 */
export async function* withCrlf(
  body: AsyncIterable<Buffer>,
  limitMs = BODY_LIMIT_MS,
): AsyncGenerator<Buffer> {
  const begun = process.threadCpuUsage();
  let lineLength = 0;
  let endedWithCr = false;
  for await (const piece of body) {
    const first = piece.indexOf(0x0a);
    const { user, system } = process.threadCpuUsage(begun);
    if (user + system > 1_000 * limitMs) throw new MailTooOddError("The body takes too long");
    lineLength += first < 0 ? piece.length : first;
    if (lineLength > LINE_MAX) throw new MailTooOddError("A line of the body is too long");
    if (first >= 0) lineLength = piece.length - 1 - piece.lastIndexOf(0x0a);
    const text = piece.toString("latin1");
    const fixed = /(?:^|[^\r])\n/.test(text) ? text.replace(/\r?\n/g, "\r\n") : text;
    // The line end began in the piece before.
    yield Buffer.from(endedWithCr && text.startsWith("\n") ? fixed.slice(1) : fixed, "latin1");
    endedWithCr = text === "" ? endedWithCr : text.endsWith("\r");
  }
}
