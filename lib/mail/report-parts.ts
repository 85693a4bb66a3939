// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import { fieldBlocks, isFieldLine, isFolded, type Fields } from "./header-fields.ts";
import { REPORT_WORDS } from "./report-words.ts";

export type ReportPart = { contentType: string; content: Uint8Array };

/** The pieces of a mail that may be a delivery report. */
export type ReportPieces = {
  /** The sentences, without the fields and the returned mail below them. */
  said: string;
  /** The blocks of a delivery status, the one about the whole mail first. */
  status: Fields[];
  /** The header of the returned mail. */
  returned: Fields;
  /** Everything that was read, to look for ids in. */
  everything: string;
};

const PARTS_MAX = 20;
const READ_MAX = 64 * 1024;
const LINES_MAX = 4_000;
/** No line that tells the pieces apart needs more of its beginning. */
const LINE_READ = 200;

const STATUS_TYPE = /^message\/(?:global-)?delivery-status$/;
const RETURNED_TYPE =
  /^(?:message\/(?:rfc822|global|rfc822-headers|partial)|(?:text|message)\/(?:rfc822|global)-headers|text\/rfc822)$/;
const STATUS_FIELD = /^(?:reporting-mta|final-recipient|original-recipient)[ \t]*:/im;
const STATUS_LINE = /^(?:reporting-mta|final-recipient|original-recipient)[ \t]*:/i;
/** Fields that only a mail's own header has. */
const TRACE_LINE =
  /^(?:received|return-path|mime-version|dkim-signature|message-id|x-mailer|delivered-to)[ \t]*:/i;
/** A report's own list of facts, which may also name the Message-ID. */
const FACT_LINE =
  /^(?:reason|recipients?|error|diagnostic(?:-code)?|status|action|failed[- ]\w+|final-recipient|remote-mta|response|result|grund|motivo|raison)[ \t]*:/i;
/** A line of dashes or the like that announces the returned mail. */
const RULE =
  /^\s*[-=_]{2,80}[^\n]{0,100}?(?:copy|header|origin|returned|unsent|undelivered|below|ursprüng|kopie|元のメッセージ|исходн)/i;
const NO_RETURNED_RULE = /transcript|address|recipient|fatal|error|diagnos|fehler|session/i;

const OPENING: ReadonlySet<string> = new Set(["final-recipient", "action", "status", "diagnostic-code"]);
const NO_FIELDS: Fields = new Map();

/** The pieces of a mail, from its text and at most 20 parts, of each of which 64 KB are read. */
export function reportPieces(text: string, parts: ReportPart[]): ReportPieces {
  const read = parts.slice(0, PARTS_MAX).map(({ contentType, content }) => ({
    contentType,
    content: Buffer.from(content.subarray(0, READ_MAX)).toString("utf8"),
  }));
  const status = read.filter(({ contentType, content }) => isStatus(contentType, content));
  const returned = read.find((part) => !status.includes(part) && isReturned(part.contentType, part.content));
  const inText = piecesOfText(text.slice(0, READ_MAX));
  const header = returned ? headerOf(returned.content) : NO_FIELDS;
  return {
    said: inText.said,
    status: fieldBlocks([...status.map(({ content }) => content), inText.status].join("\n\n"), OPENING),
    returned: header.size > 0 ? header : inText.returned,
    everything: [...status, ...(returned ? [returned] : [])]
      .map(({ content }) => content)
      .concat(text.slice(0, READ_MAX))
      .join("\n")
      .slice(0, 4 * READ_MAX),
  };
}

/** Some programs give the delivery status another type. */
function isStatus(contentType: string, content: string): boolean {
  if (STATUS_TYPE.test(contentType)) return true;
  return !RETURNED_TYPE.test(contentType) && !contentType.startsWith("image/") && STATUS_FIELD.test(content);
}

function isReturned(contentType: string, content: string): boolean {
  if (RETURNED_TYPE.test(contentType)) return true;
  const lines = content.slice(0, 4_000).split(/\r?\n/);
  return isFieldLine(lines[0] ?? "") && lines.some((line) => TRACE_LINE.test(line));
}

/** The first block of fields. */
function headerOf(content: string): Fields {
  return fieldBlocks(content.replace(/^\s+/, ""))[0] ?? NO_FIELDS;
}

function piecesOfText(text: string): { said: string; status: string; returned: Fields } {
  const lines = text.split("\n", LINES_MAX).map((line) => line.trimEnd());
  const unquoted = lines.map((line) => line.replace(/^[>|] ?/, ""));
  const end = returnedFrom(unquoted);
  const begin = statusFrom(lines.slice(0, end));
  const afterStatus = begin + lines.slice(begin, end).findIndex((line) => !isPartOfFields(line));
  const statusEnd = afterStatus < begin ? end : afterStatus;
  const below = saidBelow(unquoted, end);
  return {
    said: [...lines.slice(0, begin), ...lines.slice(statusEnd, end), ...below].join("\n"),
    status: lines.slice(begin, statusEnd).join("\n"),
    returned: headerOf(withoutIndent(unquoted.slice(end)).join("\n")),
  };
}

function isPartOfFields(line: string): boolean {
  return line === "" || isFieldLine(line) || isFolded(line);
}

/** Only the text's own lines count: a person who quotes a report marks them. */
function statusFrom(lines: string[]): number {
  const found = lines.findIndex((line) => STATUS_LINE.test(line));
  return found < 0 ? lines.length : found;
}

/** Where the returned mail begins: at a ruled line that announces it, or at a block of fields with those of a mail's header. */
function returnedFrom(lines: string[]): number {
  let begin = 0;
  while (begin < lines.length) {
    const line = lines[begin] ?? "";
    if (RULE.test(line.slice(0, LINE_READ)) && !NO_RETURNED_RULE.test(line)) return begin;
    if (!isFieldLine(line.trimStart())) {
      begin += 1;
      continue;
    }
    const end = endOfBlock(lines, begin);
    if (isHeader(lines.slice(begin, end))) return begin;
    begin = end;
  }
  return lines.length;
}

/** Some systems list fields of the returned mail first, and say below them why it comes back. */
function saidBelow(lines: string[], begin: number): string[] {
  if (!isFieldLine((lines[begin] ?? "").trimStart())) return [];
  const below = lines.slice(endOfBlock(lines, begin));
  const first = below.findIndex((line) => line !== "");
  return REPORT_WORDS.test((below[first] ?? "").slice(0, LINE_READ)) ? below : [];
}

function endOfBlock(lines: string[], begin: number): number {
  let end = begin + 1;
  while (end < lines.length && (isFieldLine((lines[end] ?? "").trimStart()) || isFolded(lines[end] ?? "")))
    end += 1;
  return end;
}

function isHeader(block: string[]): boolean {
  const own = block.map((line) => line.trimStart());
  const isTraced = own.length > 1 && own.some((line) => TRACE_LINE.test(line));
  return isTraced && !own.some((line) => FACT_LINE.test(line) || STATUS_LINE.test(line));
}

/** The lines of the returned mail itself, which some programs indent. */
function withoutIndent(lines: string[]): string[] {
  const begin = lines.findIndex((line) => isFieldLine(line.trimStart()));
  const indent = /^\s*/.exec(lines[begin] ?? "")?.[0].length ?? 0;
  return begin < 0 ? [] : lines.slice(begin).map((line) => line.slice(Math.min(indent, leading(line))));
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}
