// Also loaded by the parse worker as plain Node: no path alias and no "server-only".

/** The beginnings that mail servers put before the subject of an absence, as they write them in their languages. */
const BEGINNINGS = [
  ...["automatic reply", "auto[ -]?reply", "auto[ -]?response", "automated (?:reply|response)"],
  ...[
    "out[ -]of[ -](?:the[ -])?office(?: autoreply)?",
    "vacation(?: reply| message)?",
    "away from (?:the |my )?(?:office|desk)",
    "(?:i am )?(?:away|on (?:vacation|holiday|leave))",
  ],
  ...[
    "automatische antwort",
    "abwesenheits(?:notiz|nachricht|meldung|benachrichtigung)",
    "abwesend",
    "autoantwort",
  ],
  ...[
    "réponse automatique",
    "absence du bureau",
    "absent du bureau",
    "message d['’]absence",
    "absence",
    "absent",
  ],
  ...[
    "respuesta automática",
    "fuera de (?:la )?oficina",
    "resposta automática",
    "fora do escritório",
    "ausente",
    "ausência",
  ],
  ...[
    "risposta automatica",
    "fuori (?:sede|ufficio)",
    "resposta automàtica",
    "răspuns automat",
    "assenza",
    "assente",
  ],
  ...["automatisch antwoord", "afwezig(?:heidsbericht)?", "automatisk(?:t)? svar", "autosvar", "frånvaro"],
  ...["automaattinen vastaus", "automaatvastus", "automātiska atbilde", "automatinis atsakymas"],
  ...["odpowiedź automatyczna", "automatyczna odpowiedź", "automatická odpov[eě]ď", "automatikus válasz"],
  ...["samodejni odgovor", "automatski odgovor", "otomatik yanıt", "αυτόματη απάντηση"],
  ...["автоматический ответ", "автоответ", "автоматична відповідь", "автоматичен отговор"],
  ...["自動返信", "自動応答", "不在通知", "自动答复", "自动回复", "自動回覆", "자동 회신", "자동 응답"],
  ...["מענה אוטומטי", "תשובה אוטומטית", "رد تلقائي", "ตอบกลับอัตโนมัติ", "trả lời tự động"],
];
const ABSENCE = new RegExp(`^\\s*\\[?(?:${BEGINNINGS.join("|")})\\]?\\s*(?:[:：]|$)`, "iu");

/** True if a subject is that of an absence. A person can write the same, so it proves nothing alone. */
export function isAbsenceSubject(subject: string): boolean {
  return ABSENCE.test(subject.normalize("NFC"));
}
