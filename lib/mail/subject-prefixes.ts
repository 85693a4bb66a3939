// Also loaded by the parse worker as plain Node: no path alias and no "server-only".

/** "Re" as mail programs of many languages write it. */
const ANSWERED = [
  ...[
    "re",
    "ré",
    "ｒｅ",
    "r",
    "res",
    "resp",
    "rép",
    "réf",
    "ref",
    "rif",
    "aw",
    "antw",
    "antwort",
    "sv",
    "svar",
    "vs",
  ],
  ...["vast", "ats", "atb", "odp", "odpověď", "odpowiedź", "vá", "válasz", "bls", "balas", "trả lời"],
  ...["ynt", "yan", "yan[iı]t", "cevap", "απ", "ατ", "απάντ", "σχετ", "ответ", "отв", "отг", "на"],
  ...["תשובה", "השב", "رد", "الرد", "回复", "回覆", "答复", "答覆", "回信", "返信", "회신", "답장", "ตอบ"],
];
/** "Fwd" in the same way. */
const FORWARDED = [
  ...[
    "fwd",
    "fw",
    "tr",
    "wg",
    "rv",
    "i",
    "enc",
    "pd",
    "vb",
    "vl",
    "vs",
    "hl",
    "[iİ]lt",
    "doorst",
    "trs",
    "redir\\.?",
    "videresend",
  ],
  ...["továbbítás", "továbbitás", "πρθ", "пересл", "chuyển tiếp", "הועבר", "פ'", "إعادة توجيه"],
  ...["转发", "轉寄", "轉發", "転送", "전달", "ส่งต่อ"],
];

const GAP = "[\\s\\p{Cf}]*";
/** "[2]", "(2)", "*2" and "^2" count how often a subject was answered. */
const COUNT = "(?:\\[\\d{1,4}\\]|\\(\\d{1,4}\\)|[*^]\\d{1,4})?";

function prefix(words: string[]): string {
  const long = words.filter((word) => word.length > 1).join("|");
  const single = words.filter((word) => word.length === 1).join("");
  // One letter alone is more often a word or an initial, unless its colon follows at once.
  return `(?:(?:${long})${GAP}${COUNT}${GAP}|[${single}])[:：]`;
}

const PREFIX = new RegExp(`${GAP}${prefix([...ANSWERED, ...FORWARDED])}${GAP}`, "iuy");

/** A mark that a mail server puts before the subject of mail from outside. */
const GATEWAY =
  "(?:caution|warning)?[\\s:!-]*(?:ext|extern|external|externe|externo|externa|esterno|外部|spam|suspected spam)" +
  "(?:[\\s_-]+(?:e-?mail|mail|sender|message))?[\\s!]*";
const GATEWAY_TAG = new RegExp(
  `${GAP}(?:\\[${GATEWAY}\\]|\\(${GATEWAY}\\)|【${GATEWAY}】|\\*+${GATEWAY}\\*+)[:：]?${GAP}`,
  "iuy",
);
/** Without brackets only in capitals: "External: …" may be what the mail is about. */
const BARE_TAG = new RegExp(`${GAP}(?:EXT|EXTERN|EXTERNAL|EXTERNE)${GAP}:${GAP}`, "uy");
const OTHER_TAG = new RegExp(`${GAP}(\\[[^[\\]]{1,80}\\])${GAP}`, "uy");

const ANSWERED_PREFIX = new RegExp(prefix(ANSWERED), "iuy");
const FORWARDED_PREFIX = new RegExp(prefix(FORWARDED), "iuy");
const TAGS = new RegExp(`^(?:${GATEWAY_TAG.source}|${OTHER_TAG.source})+`, "iu");
const BARE_TAGS = new RegExp(`^(?:${BARE_TAG.source})+`, "u");

/** Whether a subject begins as that of an answer, of a forward, or of either: "VS:" is one in Finland, the other in Denmark. */
export function kindOfSubject(subject: string): "answer" | "forward" | "either" | "other" {
  const line = subject.normalize("NFC").replace(BARE_TAGS, "").replace(TAGS, "").trimStart();
  const begins = (pattern: RegExp) => {
    pattern.lastIndex = 0;
    return pattern.test(line);
  };
  const isAnswer = begins(ANSWERED_PREFIX);
  if (begins(FORWARDED_PREFIX)) return isAnswer ? "either" : "forward";
  return isAnswer ? "answer" : "other";
}

/**
 * A subject without the "Re:" and "Fwd:" of any language and the marks of mail gateways at its beginning. Other tags there,
 * such as a list's "[team]", stay, each once.
 */
export function withoutPrefixes(subject: string): string {
  const line = subject.normalize("NFC");
  const tags = new Set<string>();
  let at = 0;
  const skips = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found?.[1] !== undefined) tags.add(found[1]);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  while (skips(PREFIX) || skips(GATEWAY_TAG) || skips(BARE_TAG) || skips(OTHER_TAG));
  return [...tags, line.slice(at).trim()].filter((part) => part !== "").join(" ");
}
