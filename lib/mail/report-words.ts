// Loaded by the parse worker as plain Node: no path alias and no "server-only".

/** Languages are told apart by nothing: each pattern holds the words of all. Every gap is short, so matching stays linear. */
function anyOf(...patterns: string[]): RegExp {
  return new RegExp(patterns.join("|"), "iu");
}

/** Subjects of mail systems that report about a delivery, of whatever outcome. */
export const REPORT_SUBJECT = anyOf(
  "undeliver(?:ed|able)|non-?deliver(?:y|able)|returned (?:e?-?mail|message|to sender)|failure notice",
  "(?:mail |message )?deliver(?:y|ed) (?:has |status |has been )?(?:notification|fail|delay|report|status|problem|error|warning|incomplete|unsuccessful)",
  "(?:mail|message)[^\\n]{0,40}(?:not (?:be )?(?:be )?deliver|not sent|delayed|blocked|rejected|returned|undeliver)",
  "mail system error|delayed (?:mail|message|delivery)|address not found|could not (?:send|deliver)|delayed:|relayed:",
  "unzustellbar|(?:nicht|noch nicht) zugestellt|nicht zustellbar|zustell(?:ung|fehler|problem|bericht|status)",
  "non (?:remis|distribu|délivr)|échec|remise (?:retardée|différée|impossible)|retour à l['’]expéditeur|retardé",
  "no (?:se (?:pudo|puede|ha podido) )?entrega|error (?:de|en la) entrega|entrega (?:fallida|retrasada|demorada)|correo devuelto|no entregado|fallo (?:de|en la) entrega|notificación de(?:l)? estado",
  "non recapit|mancat[oa] (?:recapito|consegna)|impossibile (?:recapit|consegn)|recapito (?:non|ritardato)|consegna (?:fallita|ritardata|non)|notifica (?:di|dello) stato",
  "não (?:foi )?(?:entreg|pode ser entregue|pôde ser entregue)|falha (?:na|de) entrega|entrega (?:atrasada|adiada|falhou)|mensagem devolvida|notificação de(?: status| estado)",
  "配信(?:不能|不可|エラー|失敗|できま|の遅|遅|状況|状態)|送信(?:エラー|できま|失敗)|不達|返送|届きません|エラーメール|未達",
  "onbestelbaar|niet (?:bezorgd|afgeleverd)|не доставлен|недоставлен|ошибка доставки|nie dostarczon|nedoručiteln|olever|退信|无法(?:送达|投递)|未送达",
);

/** Sentences of the same mail systems. */
export const REPORT_WORDS = anyOf(
  "(?:message|e?-?mail|letter|delivery|recipient)[^.\\n]{0,120}?(?:could ?n[o']t|can ?not|can['’]t|was ?n[o'’]t|were not|has ?n[o'’]t|have not|did ?n[o'’]t|not|unable to)(?: yet)?(?: be| been| be successfully)?(?: yet)? (?:deliver|sent|reach|process|accepted)",
  "(?:unable|failed|failure|impossible|problem|error|trouble|trying|not able)[^.\\n]{0,30} (?:to deliver|deliver(?:y|ing))|deliver(?:y|ed|ing)[^.\\n]{0,80}(?:fail|delayed|unsuccessful|not possible|gave up|given up|suspended|problem)",
  "permanent(?:ly)?(?: fatal)? (?:error|fail|reject)|transient (?:error|fail|non-fatal)|following address(?:es|\\(es\\))?[^.\\n]{0,30}(?:fail|had)|(?:did|has|have) not(?: yet)? reach",
  "return(?:ed|ing)[^.\\n]{0,30} sender|undeliver(?:ed|able)|delivery status|mail delivery (?:software|system|subsystem|agent)|created automatically by|rejected by|message (?:is |was |has been )?(?:blocked|delayed|queued)|still (?:being|in|trying)|address (?:was )?not found|failed recipient|not delivered",
  "zugestellt|zustell|unzustellbar",
  "(?:pas|non|impossible)[^.\\n]{0,40}(?:remis|distribu|délivr|livr|remettre)|n['’]a pas (?:pu|encore)|échec|retard",
  "(?:no|sin)[^.\\n]{0,40}(?:entreg|envi)|demora|retras",
  "(?:non|impossibile)[^.\\n]{0,40}(?:recapit|consegn)|ritard",
  "não[^.\\n]{0,40}(?:entreg|envi)|atras|falha",
  "配信|届け|送信でき|不達|遅延|遅れ",
  "niet[^.\\n]{0,40}(?:bezorg|aflever)|не (?:было |был |может быть |удалось |удаётся )?доставлен|не удалось|退回|无法|未能",
);

/** Words of a report about a mail that is still tried. */
const STILL_TRIED = anyOf(
  "(?:will|shall|'ll|’ll|going to)(?: \\w{1,20}){0,3}? (?:continue|keep|carry on|retry|be retried|be (?:tried|attempted|sent)(?: \\w{1,10}){0,2} (?:for|again|until)|try again|attempt)",
  "(?:do not|don['’]t|need not|no need to)(?: need to| have to)? re-?send|not (?:yet )?(?:been )?(?:able to be )?delivered yet|not yet (?:been )?deliver|yet to be delivered",
  "(?:still|currently)(?: being)? (?:tr(?:y|ied|ying)|queued|in the queue|retr|waiting)|warning(?: message)? only|delivery (?:is |was |has been )?(?:temporarily )?delayed|\\bdelay(?:ed)?\\b|message (?:is|was|has been) delayed|temporary problem",
  "weiter(?:hin)? (?:versucht|zuzustellen|versuchen)|versucht[^.\\n]{0,60}(?:weiter|erneut)|noch nicht zugestellt|verzögert|erneut versucht|nochmals zu senden|zustellung verzögert",
  "n['’]a pas encore|(?:nouvelles? tentatives?|réessa|continuer)|retardé|différée|inutile de (?:la |le )?renvoyer",
  "(?:seguir|continuar)[^.\\n]{0,30}intent|volver[^.\\n]{0,20}intentar|todavía no|aún no|retrasad|demorad|no (?:es necesario|hace falta) (?:volver|reenviar)",
  "ancora (?:stato )?(?:consegn|recapit)|continuer[^.\\n]{0,30}tentar|verr[^.\\n]{0,30}ritentat|ritardat|nuovi tentativi|non (?:è necessario|occorre) (?:rinviare|inviarl)",
  "ainda não|continuar[^.\\n]{0,30}tent|novas tentativas|será tentad|atrasad|adiada|não (?:é necessário|precisa) reenviar",
  "遅延|遅れて|再試行|再送(?:を|信を)?(?:試|続|し(?:ます|て))|まだ配信|引き続き",
  "ещё не|попытки (?:доставки )?(?:будут )?продолж|задерж|wordt opnieuw|vertraagd|nog niet (?:bezorgd|afgeleverd)|将继续|延迟",
);

/** Words of a report that nothing more is tried. */
const GAVE_UP = anyOf(
  "(?:will|shall|is|are) not (?:going to )?(?:be )?(?:re-?tr|attempt|try|tried|sent again)|won['’]t (?:be )?(?:re-?tr|try)|not (?:going to )?try again|no (?:further|more) (?:delivery )?attempt|stopped trying",
  "(?<!before )(?:gave up|given up|giving up)|too long|too many|permanent(?:ly)? (?:error|fail|fatal|reject)|permanent fatal|no longer (?:be )?(?:tried|retried)",
  "nicht (?:mehr|erneut|weiter)[^.\\n]{0,30}versucht|keine weiteren|endgültig|aufgegeben|dauerhaft",
  "plus (?:aucune|de) (?:nouvelle )?tentative|aucune autre tentative|abandonn|définitiv",
  "no se (?:volverá a intentar|harán más)|definitiv|permanente",
  "non (?:verr|sar)[^.\\n]{0,30}(?:ritentat|altri)|nessun altro tentativo",
  "não (?:será|serão)[^.\\n]{0,30}(?:tent)|nenhuma outra tentativa",
  "再試行(?:は)?(?:行|し)(?:いません|ません|わず)|断念|中止",
);

const DELIVERED = anyOf(
  "successful(?:ly)? (?:deliver|relay|sent)|delivered successfully|\\(success\\)|erfolgreich zugestellt",
);
/** "You hear from us if it fails for good" says nothing about today. */
const CONDITION =
  /(?<![\p{L}])(?:if|should|unless|until|when|wenn|falls|sollte|bis|si|quando|se|caso|até|hasta|jusqu)(?![\p{L}])|場合/iu;

/** The outcome that a report's subject and sentences tell; a report that says nothing else is about a failure. */
export function outcomeInWords(subject: string, said: string): "failed" | "delayed" | "delivered" {
  const words = `${subject}.\n${said}`;
  const hasGivenUp = words
    .split(/[.。!]\s|\n\s*\n/)
    .some((sentence) => GAVE_UP.test(sentence) && !CONDITION.test(sentence));
  if (hasGivenUp) return "failed";
  if (STILL_TRIED.test(words)) return "delayed";
  return DELIVERED.test(words) ? "delivered" : "failed";
}
