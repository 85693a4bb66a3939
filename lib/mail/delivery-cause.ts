// Also loaded by the parse worker as plain Node: no path alias at run time and no "server-only".
import type { DeliveryCause } from "@/lib/api/vocabulary";

/** A server's answer has some hundred characters; a template that repeats it, a few thousand. */
const WORDS_MAX = 8_000;

/** An enhanced status code (RFC 3463). The look-arounds keep IP addresses and version numbers out. */
const STATUS = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/g;

/** Codes that mean one thing, at whichever server. Some Exchange codes have three digits at their end. */
const BY_DETAIL: Record<string, DeliveryCause> = {
  "1.1": "no_mailbox",
  "1.2": "no_domain",
  "1.3": "no_mailbox",
  "1.6": "no_mailbox",
  "1.7": "blocked",
  "1.8": "blocked",
  "1.10": "no_mailbox",
  "2.2": "mailbox_full",
  "2.3": "too_large",
  "3.4": "too_large",
  "4.310": "no_domain",
};

/** In this order, because a refusal for spam may also say "mailbox unavailable". Gaps are short, so matching stays linear. */
const BY_WORDS: [DeliveryCause, RegExp][] = [
  [
    "blocked",
    /\bsender(?:'s)? (?:address |domain |verify |mail )?(?:rejected|failed|denied|blocked|refused)/,
  ],
  [
    "mailbox_full",
    /(?:mailbox|mail box|inbox|mail folder|account|postfach|posteingang|buz[oó]n|casella|caixa|bo[iî]te)[^.;]{0,60}(?:\bfull\b|voll\b|lleno|llena|piena|chei[ao]|pleine|quota|exceeds?\b)|over ?quota|quota[ _](?:is )?(?:exceeded|exceed|reached|full)|exceed[^.;]{0,30}(?:quota|storage)|(?:insufficient|not enough|out of|ran out of|no) (?:system |disk |mailbox )?(?:storage|space)|storage (?:space )?(?:limit|full)|speicherplatz|quota d[eé]pass|espace insuffisant|sin espacio|spazio insufficiente|容量|满|переполнен/,
  ],
  [
    "too_large",
    /(?:message|mail|size|attachment|nachricht|mensaje|messaggio|mensagem)[^.;]{0,40}(?:too (?:large|big)|zu gro(?:ß|ss)|trop (?:gros|volumineux|grand)|demasiado grande|troppo grande|muito grande)|(?:exceed|larger than|over)[^.;]{0,40}(?:\bsize|maximum (?:message|allowed))|size[^.;]{0,30}(?:exceed|limit)|サイズ.{0,20}超/,
  ],
  [
    "no_domain",
    /(?:domain|host)(?:s|name| name)?\b[^.;]{0,60}(?:not found|does ?n[o']t exist|unknown|couldn't be found|could not be found|not exist|invalid|no longer exist|non-existent)|(?:unknown|invalid|no such|unrouteable|unroutable|non-?existent) (?:mail )?(?:domain|host)|nxdomain|null mx|no mx\b|(?:dns|name service)[^;]{0,30}(?:error|fail)|domain(?:e|äne|ain)?[^.;]{0,40}(?:nicht gefunden|existiert nicht|introuvable|n'existe pas)|dominio[^.;]{0,40}(?:no existe|no se encontr|inesistente|non trovato)|dom[ií]nio[^.;]{0,40}(?:não existe|não encontrado)|ドメイン.{0,20}見つ/,
  ],
  [
    "no_mailbox",
    /(?:user|recipient|mailbox|account|address|addressee|alias|person|member|customer)(?:'s)?\b[^.;]{0,80}?(?:unknown|not found|does ?n[o']t exist|no longer|not exist|couldn't be found|could not be found|wasn't found|was not found|not listed|inactive|disabled|invalid|is not (?:a )?(?:known|valid)|not recogni[sz]ed|suspended|discontinued)|(?:no such|unknown|invalid|no|non-?existent|bad|nonexistent) (?:local )?(?:user|recipient|mailbox|address|account|person|destination mailbox|such)|does ?n[o']t have (?:an?|any) [^;]{0,40}(?:account|mailbox)|user not|not our customer|no mailbox here|recipient(?: address)? rejected: access denied|unrouteable address|(?:empf[aä]nger|adresse|postfach|benutzer|konto)[^.;]{0,60}(?:unbekannt|existiert nicht|nicht gefunden|nicht vorhanden)|(?:adresse|destinataire|utilisateur|compte)[^.;]{0,60}(?:introuvable|n'existe pas|inconnu)|(?:direcci[oó]n|destinatario|usuario|cuenta)[^.;]{0,60}(?:no existe|no se encontr|no se ha encontrado|desconocid)|(?:indirizzo|destinatario|utente|casella)[^.;]{0,60}(?:non esiste|non trovat|inesistente|sconosciut)|(?:endereço|destinatário|usuário|utilizador|conta)[^.;]{0,60}(?:não existe|não encontrad|não foi encontrad|desconhecid|inexistente)|宛先.{0,30}見つか|アドレス.{0,30}(?:見つか|存在し)|ユーザー.{0,20}(?:存在|見つか)|(?:пользовател|адресат|ящик)[^.;]{0,60}(?:не найден|не существует|неизвестен)/,
  ],
  [
    "blocked",
    /\bspam|\bjunk|\bpolicy|\bpolicies|\bblocked|\bblock ?list|\bblack ?list|\bdeny ?list|\bdmarc\b|\bdkim\b|\bspf\b|\brbl\b|\bdnsbl\b|reputation|unsolicited|\bvirus|malware|phish|prohibited|not (?:allowed|authori[sz]ed|permitted|accepted)|relay(?:ing)? (?:access )?denied|access denied|permission|content (?:rejected|filter)|restricted|rejected by (?:the )?(?:recipient|filter|rule|content)|unauthenticated|blockiert|gesperrt|bloqu[eé]|bloccat|rechaz|ブロック|迷惑|заблокир|спам/,
  ],
  [
    "unreachable",
    /tim(?:ed|e) ?-?out|expired|no route|could not be reached|couldn't be reached|cannot be reached|unreachable|connection (?:refused|reset|dropped|lost|failed|closed|could)|lost connection|(?:not|unable to|cannot|could not|couldn't|can't|failed to) (?:be )?connect|requests to connect|unable to contact|no answer from|did(?: not|n't) respond|not respond|too (?:long|many attempts)|retry time|hop count|network|zeitüberschreitung|nicht erreichbar|délai|injoignable|tiempo de espera|irraggiungibile|inacess[ií]vel|tempo esgotado|接続/,
  ],
  [
    "no_mailbox",
    /mailbox (?:is )?(?:unavailable|not available)|(?:recipient )?address rejected|recipient rejected|undeliverable address/,
  ],
];

/** Words this clear outweigh a general code such as 5.7.1 or 4.4.7, under which servers file almost anything. */
const CLEAR: ReadonlySet<DeliveryCause> = new Set(["mailbox_full", "no_domain", "no_mailbox", "too_large"]);

/**
 * Why a mail did not reach somebody, from an enhanced status code such as "5.1.1" (null if there is none) and the mail
 * server's words, which may hold a code too. "other" if neither tells. Pure, and linear in the length of its input.
 */
export function causeOf(status: string | null, words: string): DeliveryCause {
  const said = words
    .slice(0, WORDS_MAX)
    .toLowerCase()
    .replace(/[\s\u00a0]+/g, " ")
    .replaceAll("’", "'");
  const codes = [...`${status ?? ""} ; ${said}`.matchAll(STATUS)].map(([code]) => code.slice(2));
  // Exchange uses 5.1.10 for another thing than RFC 7505 does.
  if (said.includes("null mx")) return "no_domain";
  const exact = codes.map((code) => BY_DETAIL[code]).find((cause) => cause !== undefined);
  const told = causeByWords(said);
  return exact ?? causeByClass(codes, told) ?? told ?? "other";
}

function causeByWords(said: string): DeliveryCause | null {
  return BY_WORDS.find(([, pattern]) => pattern.test(said))?.[0] ?? null;
}

/** By the first two numbers of a code, unless the words are clearer. */
function causeByClass(codes: string[], told: DeliveryCause | null): DeliveryCause | null {
  if (told !== null && CLEAR.has(told)) return told;
  if (codes.some((code) => code === "2.1")) return told ?? "no_mailbox";
  if (codes.some((code) => code.startsWith("7."))) return "blocked";
  if (codes.some((code) => code === "4.6" || code === "4.14")) return told ?? "other";
  return codes.some((code) => code.startsWith("4.")) ? (told ?? "unreachable") : null;
}
