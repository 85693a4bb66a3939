// Also loaded by the parse worker as plain Node: no path alias and no "server-only".

/** Longest line, in characters, that may introduce a quote or be a signature. */
const MARK_MAX = 600;
/** A mail program may break the line that introduces a quote into this many. */
const BROKEN_INTO_MAX = 3;

/**
 * The new part of a mail's text: without quoted mails, the lines that introduce them, and signatures. All of the text if
 * new text stands below quoted text, since it then answers the quotes, or if nothing would be left. Takes time linear
 * in the length of any input.
 */
export function visiblePart(text: string): string {
  const fragments = fragmentsOf(joinIntroductions(text.split("\n")));
  const hidden = fragments.map((fragment) => fragment.isHidden);
  if (hidden.lastIndexOf(false) > hidden.indexOf(true)) return text;
  const visible = fragments
    .filter((fragment) => !fragment.isHidden)
    .map((fragment) => fragment.lines.map((line) => line.source).join("\n"))
    .join("\n")
    .trim();
  return visible === "" ? text : visible;
}

/** One line of the text, or the lines of one broken introduction. `mark` is what it is judged by. */
type Line = { source: string; mark: string; isIntroduction: boolean; isSignature: boolean };
type Fragment = { lines: Line[]; isQuoted: boolean; isHidden: boolean };

/** From the bottom up, since a signature or an introduction takes everything below it along. */
function fragmentsOf(lines: Line[]): Fragment[] {
  const fragments: Fragment[] = [];
  let current: Fragment | null = null;
  for (const line of lines.toReversed()) {
    const below: Line | undefined = current?.lines.at(-1);
    const isBlank = line.mark === "";
    if (current && below && (below.isSignature || (isBlank && below.isIntroduction))) {
      current.isHidden = true;
      current = null;
    }
    const isQuoted = line.mark.startsWith(">");
    const goesOn: boolean =
      current !== null &&
      (current.isQuoted === isQuoted || (current.isQuoted && (line.isIntroduction || isBlank)));
    if (!current || !goesOn) {
      current = { lines: [], isQuoted, isHidden: isQuoted };
      fragments.push(current);
    }
    current.lines.push(line);
  }
  for (const fragment of fragments) {
    fragment.isHidden ||= fragment.lines.every((line) => line.mark === "");
    fragment.lines.reverse();
  }
  return fragments.reverse();
}

/** The lines, with each broken introduction as one. */
function joinIntroductions(texts: string[]): Line[] {
  const lines: Line[] = [];
  for (let index = 0; index < texts.length;) {
    const count = introductionLength(texts, index);
    const source = texts.slice(index, index + Math.max(count, 1)).join("\n");
    const mark = source.replaceAll("\n", " ").trimEnd();
    const isSignature = mark.length <= MARK_MAX && SIGNATURES.some((signature) => signature.test(mark));
    lines.push({ source: source.trimEnd(), mark, isIntroduction: count > 0, isSignature });
    index += Math.max(count, 1);
  }
  return lines;
}

/** Number of lines that introduce a quote together, from this one on; 0 if they do not. */
function introductionLength(texts: string[], index: number): number {
  let joined = "";
  for (let count = 1; count <= BROKEN_INTO_MAX; count += 1) {
    const next = texts[index + count - 1];
    if (next === undefined || next.length > MARK_MAX || next.startsWith(">") || next.trim() === "") return 0;
    joined = count === 1 ? next.trim() : `${joined} ${next.trim()}`;
    if (joined.length > MARK_MAX) return 0;
    if (isIntroduction(joined)) return count;
    if (!BEGINNINGS.test(joined)) return 0;
  }
  return 0;
}

/** First words of an introduction that may be broken into several lines. */
const BEGINNINGS =
  /^(?:-*\s*(?:On|Le|El|Il|Em|In data)\s|Am\s|Op\s|W\sdniu\s|Dnia\s|Den\s|pe\s|ср,\s|在|(?:From|Von|De|Van|Da)\s?:|20\d\d-\d\d|\p{Ll}{3,4}\.\s)/u;

/**
 * An introduction as the words that follow each other in it: the first pattern at its beginning, the last at its end.
 * Between two words stands anything.
 */
type Introduction = { beginning: RegExp; words?: string[]; end: RegExp };

const EMAIL_END = /[[|<][^[|<]*[\]|>]:$/;
const INTRODUCTIONS: Introduction[] = [
  { beginning: /^-*\s*On\s+\S+\s+\S+\s/, end: /\swrote:?\s?-*$/ },
  { beginning: /^-*\s*Le\s+\S+\s+\S+\s/, end: /\sécrit\s?:?\s?-*$/ },
  { beginning: /^-*\s*El\s+\S+\s+\S+\s/, end: /\sescribió:?\s?-*$/ },
  { beginning: /^-*\s*(?:Il|In\sdata)\s+\S+\s+\S+\s/, end: /\sscritto:?\s?-*$/ },
  { beginning: /^-*\s*Em\s+\S+\s+\S+\s/, end: /\sescreveu:?\s?-*$/ },
  { beginning: /^Am\s/, words: [" schrieb "], end: /:$/ },
  { beginning: /^Op\s/, words: ["schreef"], end: /:$/ },
  { beginning: /^(?:W\sdniu|Dnia)\s/, end: /(?:pisze|napisał(?:\(a\))?):$/ },
  { beginning: /^Den\s/, words: [" skrev "], end: /:$/ },
  { beginning: /^\p{Ll}{3,4}\.\s/u, words: [" skrev "], end: /:$/ },
  { beginning: /^pe\s/, end: /\skirjoitti:$/ },
  { beginning: /^ср,\s/, words: [" г. в ", ","], end: EMAIL_END },
  { beginning: /^在/, end: /写道：$/ },
  { beginning: /^20\d\d\./, end: /\s작성:$/ },
  { beginning: /^20\d\d\//, end: /のメッセージ:$/ },
  { beginning: /^./, words: [" <"], end: />\sschrieb:$/ },
  { beginning: /^./, words: [" on", "at"], end: /wrote:$/ },
  { beginning: /^.*?\d{4}/, words: ["from", "<"], end: />:$/ },
  { beginning: /^20\d\d-\d\d.\d\d.\d\d:\d\d/, end: />:$/ },
  { beginning: /^\d\d.\d\d.20\d\d/, words: ['"', "<"], end: />\s*:$/ },
  { beginning: /^\d\d:\d\d/, words: ['"', "<"], end: />\s*:$/ },
];
const OTHER_INTRODUCTIONS = [
  /^(?:From|Von|De|Van|Da)\s?:[^[|<]+[[|<].+[\]|>]/,
  /^-{1,12} ?Original Message ?-{1,12}$/i,
  /^-{1,12} ?Oprindelig Besked ?-{1,12}$/i,
  /^-{1,12} ?Message d'origine ?-{1,12}$/i,
  /^-{1,12} ?Ursprüngliche Nachricht ?-{0,12}$/i,
];

function isIntroduction(line: string): boolean {
  return (
    INTRODUCTIONS.some((kind) => matches(kind, line)) || OTHER_INTRODUCTIONS.some((kind) => kind.test(line))
  );
}

/** Linear, which one pattern with several `.+` is not. */
function matches({ beginning, words = [], end }: Introduction, line: string): boolean {
  let from = beginning.exec(line)?.[0].length ?? -1;
  if (from < 0 || !end.test(line)) return false;
  for (const word of words) {
    const at = line.indexOf(word, Math.max(0, from - 1));
    if (at < 0) return false;
    from = at + word.length;
  }
  return true;
}

const SIGNATURES = [
  /^\s*(?:-{2,4}|_{2,4})$/,
  /^(?:\+{2,4}|={2,4}|_{32})$/,
  /^Sent from ./,
  /^Get Outlook for ./,
  /^(?:Cheers|Best wishes|\w{0,20}\s?(?:\sand\s)?Regards),?!?！?$/i,
  /^Von .+ gesendet$/,
  /^Gesendet von .+ für ./,
  /^Sendt fra ./,
  /^Envoyé (?:depuis|de mon|à partir de) ./,
  /^Télécharger Outlook pour ./,
  /^Bien . vous,?!?$/i,
  /^\w{0,20}\s?cordialement,?!?$/i,
  /^Bonne (?:journ.e|soir.e)!?$/i,
  /^Enviado desde ./,
  /^-*\s*In\sdata\s.+\sscritto:?\s?-*$/,
  /^(?:Verzonden|Verstuurd) vanaf ./,
];
