// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import { addressKey, toAddress } from "./address.ts";
import { causeOf } from "./delivery-cause.ts";
import type { ReportedRecipient } from "./parsed-mail.ts";
import { SERVER_REPLY } from "./report-evidence.ts";
import { serverWords, statusIn } from "./report-status.ts";
import { REPORT_WORDS } from "./report-words.ts";

const LINES_MAX = 1_000;
const LINE_MAX = 1_000;
const PARAGRAPHS_MAX = 200;
const LISTED_MAX = 100;

const ADDRESS = /[^\s<>()[\]"',;:=|]{1,64}@[\p{L}\p{N}][\p{L}\p{N}.-]{1,200}/u;
/** Before an address that the line is about: nothing, a mark, a name in front of a bracket, or a label. */
const BEFORE =
  /^[\s*•>|<("'[-]*(?:smtp:|mailto:|rfc822;\s?)?$|^(?!\s*[45]\d\d\b)[^@.:]{1,60}[<([](?:smtp:|mailto:)?$|(?:failed|recipients?|address(?:es)?|addressee|to|user|empfänger|an|destinataires?|destinatari[oa]s?|destinatários?|para|a|宛先|受信者|アドレス|получатель)\s?[:=：]\s*[<("'[]?(?:smtp:|mailto:)?$/iu;
/** After it: nothing, or the mark that begins the server's words. */
const AFTER =
  /^[>)\]"']*(?:mailto:[^>\]]*[>\]])?[>)\]"'.,;]*\s*(?:$|[:(#–—-]|\.\.\.|…|[45]\d\d\b|(?:on|am|le|el|il|em) \p{L})/iu;
/** The time of an attempt, after the address. */
const WHEN = /^(?:on|am|le|el|il|em) \p{L}{2,12}\.?,? [^\n]{0,40}\d:\d\d/iu;
/** Lines about somebody else than the recipient. */
const OTHER_LINE =
  /^\W*(?:from|sender|reply-to|return-path|message-?id|reporting-mta|cc|von|de|da|差出人|from address|contact|generating server)\s*[:：]|message[- ]?id\b/i;
const ROLE = /^(?:postmaster|mailer-daemon|abuse|hostmaster|noc)@/i;
/** A line of the list of facts about the returned mail. */
const FACT =
  /^\s*(?:to|cc|subject|sent|date|an|betreff|gesendet|à|objet|date|para|asunto|oggetto|assunto|件名)\s*[:：]/i;
/** Announces the server's words that follow it. */
const INTRO =
  /(?:response|reason|said|error|because|returned|diagnos\w*|details?|answer|grund|fehler\w*|lautete?|antwort\w*|réponse|raison|erreur|motivo|respuesta|risposta|errore|resposta|erro|理由|エラー|詳細|причина|ответ)[^\n:：]{0,60}[:：]\s*$/iu;

/** The recipients that a report's sentences name as the ones it is about, with the words about each. */
export function namedRecipients(said: string, others: ReadonlySet<string>): ReportedRecipient[] {
  const lines = linesOf(said);
  // Of the returned mail's recipients, "To: …" names also those whom it reached.
  const listed = listedIn(
    lines.map((line) => (FACT.test(line) ? "" : line)),
    others,
  );
  return [listed, listedIn(lines, others)].find((found) => found.length > 0) ?? toldIn(said, others);
}

/** The mail server's own words in a report's sentences; else the sentence that comes nearest to them; "" if there is none. */
export function wordsOfServer(said: string): string {
  const paragraphs = paragraphsOf(said);
  const answered = paragraphs.find((paragraph) => SERVER_REPLY.test(paragraph));
  if (answered !== undefined) return serverWords(answerIn(answered));
  const introduced = wordsAfterIntro(linesOf(said));
  if (introduced !== "") return serverWords(introduced);
  const telling = linesOf(said).find((line) => line.length > 3 && causeOf(null, line) !== "other");
  const sentences = paragraphs.filter((paragraph) => REPORT_WORDS.test(paragraph));
  return serverWords(telling ?? sentences.find((one) => !/[:：]\s*$/.test(one)) ?? sentences[0] ?? "");
}

/** The paragraph below a line such as "The response was:". */
function wordsAfterIntro(lines: string[]): string {
  const below = lines.slice(lines.findIndex((line) => INTRO.test(line)) + 1);
  if (below.length === lines.length) return "";
  const begin = below.findIndex((line) => line.trim() !== "");
  const end = below.findIndex((line, index) => index > begin && line.trim() === "");
  return begin < 0 ? "" : below.slice(begin, end < 0 ? below.length : end).join("\n");
}

/** From the answer's code to the end of its paragraph. */
function answerIn(paragraph: string): string {
  const { index = 0 } = SERVER_REPLY.exec(paragraph) ?? {};
  const code = paragraph.slice(index).search(/[45]\d\d[ -]|[45]\.\d/);
  const begin = index + Math.max(code, 0);
  const isInMarks = /['"[(]/.test(paragraph[begin - 1] ?? "");
  const answer = paragraph.slice(begin);
  return withoutRepeatedCode(isInMarks ? answer.replace(/['"\])]\s*$/, "") : answer);
}

/** Each line of a longer answer begins with the same code, such as "550-5.1.1". */
function withoutRepeatedCode(answer: string): string {
  const [, code = "", enhanced = ""] = /^([45]\d\d)[ -]([45]\.\d{1,3}\.\d{1,3})?/.exec(answer) ?? [];
  if (code === "") return answer;
  const [first = "", ...rest] = answer.split("\n");
  const repeated = new RegExp(`^\\s*${code}[ -](?:${enhanced.replaceAll(".", "\\.")}\\s?)?`);
  return [first.replace(/^(\d\d\d)-/, "$1 "), ...rest.map((line) => line.replace(repeated, ""))].join("\n");
}

type Listed = { address: string; rest: string; index: number };

function listedIn(lines: string[], others: ReadonlySet<string>): ReportedRecipient[] {
  const found = listedLines(lines, others);
  const byKey = new Map<string, ReportedRecipient>();
  for (const [position, { address, rest, index }] of found.entries()) {
    const next = found[position + 1]?.index ?? lines.length;
    const detail = serverWords(detailBelow(rest, lines.slice(index + 1, next)));
    const status = statusIn(detail);
    const known = byKey.get(addressKey(address));
    const saysMore = known?.detail === "" || (known?.status === null && status !== null);
    if (known === undefined || saysMore) byKey.set(addressKey(address), { address, status, detail });
  }
  return [...byKey.values()];
}

/** The lines that begin with a recipient. A server's words may repeat the address. */
function listedLines(lines: string[], others: ReadonlySet<string>): Listed[] {
  const found: Listed[] = [];
  let open = "";
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") open = "";
    const at = listedAt(line);
    const key = addressKey(at?.address ?? "");
    if (at === null || others.has(key) || key === open) continue;
    if (found.length === LISTED_MAX) break;
    found.push({ ...at, index });
    open = key;
  }
  return found;
}

/** The address that a line is about, and the words after it. */
function listedAt(line: string): { address: string; rest: string } | null {
  if (!line.includes("@") || OTHER_LINE.test(line)) return null;
  const match = ADDRESS.exec(line);
  if (match === null) return null;
  const after = line.slice(match.index + match[0].length);
  const address = toAddress(match[0].replace(/[.-]+$/, ""));
  if (address === "" || !BEFORE.test(line.slice(0, match.index)) || !AFTER.test(after)) return null;
  const rest = after.replace(/^[>)\]"'\s:(–—.…-]+/, "").replace(/^([^()]*)\)$/, "$1");
  return { address, rest: WHEN.test(rest) ? "" : rest };
}

/** The words after the address, with the lines below up to a blank one; or else the next lines if a server says them. */
function detailBelow(rest: string, below: string[]): string {
  const end = below.findIndex((line) => line.trim() === "");
  const lines = [rest, ...below.slice(0, end < 0 ? below.length : end)];
  const own = lines
    .filter((line) => !FACT.test(line))
    .join("\n")
    .trim();
  if (own !== "") return SERVER_REPLY.test(own) && rest === "" ? answerOrAll(own) : own;
  const next =
    below
      .slice(end + 1)
      .join("\n")
      .split(/\n\s*\n/)[0] ?? "";
  return SERVER_REPLY.test(next) ? answerIn(next) : "";
}

/** A server's answer alone if the lines begin with it, else all of them, which say who answered. */
function answerOrAll(words: string): string {
  return /^[\s<>#"'(]{0,8}[45]\d\d[ -]/.test(words) ? answerIn(words) : words;
}

/** The addresses of the first paragraph that tells of one. */
function toldIn(said: string, others: ReadonlySet<string>): ReportedRecipient[] {
  const named = paragraphsOf(said).map((paragraph) => ({
    paragraph,
    addresses: addressesIn(paragraph, others),
  }));
  const telling = named.filter(({ addresses }) => addresses.length > 0);
  const { addresses = [] } =
    telling.find(({ paragraph }) => REPORT_WORDS.test(paragraph) || SERVER_REPLY.test(paragraph)) ??
    telling[0] ??
    {};
  return addresses.map((address) => ({ address, status: null, detail: "" }));
}

function addressesIn(paragraph: string, others: ReadonlySet<string>): string[] {
  const words = linesOf(paragraph)
    .filter((line) => line.includes("@") && !OTHER_LINE.test(line))
    .flatMap((line) => line.split(/[\s<>()[\]"',;=]+/).filter((word) => word.includes("@")));
  const addresses = words.map((word) => toAddress(ADDRESS.exec(word)?.[0].replace(/[.-]+$/, "") ?? ""));
  const wanted = addresses.filter((address) => address !== "" && !ROLE.test(address));
  return [...new Map(wanted.map((address) => [addressKey(address), address]))]
    .filter(([key]) => !others.has(key))
    .map(([, address]) => address);
}

function linesOf(said: string): string[] {
  return said.split("\n", LINES_MAX).map((line) => line.slice(0, LINE_MAX));
}

function paragraphsOf(said: string): string[] {
  return linesOf(said)
    .join("\n")
    .split(/\n(?:[ \t]*\n)+/)
    .filter((paragraph) => paragraph.trim() !== "")
    .slice(0, PARAGRAPHS_MAX);
}
