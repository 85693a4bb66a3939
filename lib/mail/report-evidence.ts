// Loaded by the parse worker as plain Node: no path alias and no "server-only".
import type { HeaderLines } from "mailparser";
import { headerValues, rawValues } from "./header-lines.ts";
import { DAEMON, DAEMON_NAME, POSTMASTER } from "./mail-system.ts";
import type { MailHead } from "./parsed-mail.ts";
import type { ReportPart, ReportPieces } from "./report-parts.ts";
import { isAbsenceSubject } from "./absence-subject.ts";
import { REPORT_SUBJECT, REPORT_WORDS } from "./report-words.ts";
import { kindOfSubject } from "./subject-prefixes.ts";

/** A mail that may be a report, with its pieces. */
export type Candidate = ReportPieces & { head: MailHead; lines: HeaderLines; parts: ReportPart[] };

/** A report says what it is at its beginning. */
const WORDS_READ = 8_000;

/** A mail server's answer: a reply code with words or an enhanced code, or the latter alone. */
export const SERVER_REPLY =
  /(?<![\w.@-])#?[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)|(?:^[ \t<>"'#(]{0,8}|[:'"#(][ \t]{0,4}|\b(?:said|returned|error|reason|response|answer|code)[: ]{1,3})[45]\d\d[ -](?=[\p{L}<"'(])|(?<![\w.@-])#?[45]\.\d{1,3}\.\d{1,3}(?![\w.])/imu;

/** Parts of mail that is about another mail but no delivery: receipts and complaints. */
const OTHER_REPORT = /^message\/(?:global-)?(?:disposition-notification|feedback-report)$/;

/**
 * True if the mail looks like the report of a mail system about a delivery, of whatever outcome. An absence answer, a
 * receipt, a complaint and a person who quotes a report are none.
 */
export function isDeliveryReport(mail: Candidate): boolean {
  const { head, lines, parts, status } = mail;
  const { reportType } = head.signals;
  // Some systems leave the type of a delivery report out.
  if (reportType !== null && reportType !== "delivery-status") return false;
  if (parts.some(({ contentType }) => OTHER_REPORT.test(contentType))) return false;
  if (reportType === "delivery-status" || rawValues(lines, "x-failed-recipients").length > 0) return true;

  const { isDaemon, isPostmaster, hasDaemonName } = senderOf(mail);
  if (status.length > 0) return isDaemon || isPostmaster || hasDaemonName || isUnsigned(head);
  if (isAbsence(head) && !isDaemon) return false;
  const isAbout = looksLikeReport(mail);
  if (isDaemon) return isAbout || hasFacts(mail) || REPORT_SUBJECT.test(head.subject);
  if (!isFresh(head)) return false;
  if (isPostmaster) return isAbout;
  const isLikely = hasDaemonName || (hasNullSender(head) && REPORT_SUBJECT.test(head.subject));
  return isLikely && isAbout && hasFacts(mail);
}

/** Which machine the mail is from, by its address or by the name that people give to it. */
function senderOf({ head, lines }: Candidate) {
  const from = `${headerValues(lines, "from")[0] ?? ""} "${head.fromName ?? ""}"`.slice(0, 1_000);
  return {
    isDaemon: DAEMON.test(from),
    isPostmaster: POSTMASTER.test(from),
    hasDaemonName: DAEMON_NAME.test(head.fromName ?? ""),
  };
}

/** An answer without X-Failed-Recipients that says of itself that it is automatic, as RFC 3834 has it. */
function isAbsence({ subject, signals }: MailHead): boolean {
  const isReply = signals.isAutoReply || (signals.autoSubmitted?.startsWith("auto-replied") ?? false);
  return isReply || isAbsenceSubject(subject);
}

function looksLikeReport({ head, said }: Candidate): boolean {
  return REPORT_WORDS.test(`${head.subject}\n${said.slice(0, WORDS_READ)}`);
}

/** It has more than words: the returned mail or a server's answer. */
function hasFacts({ said, returned }: Candidate): boolean {
  return returned.size > 0 || SERVER_REPLY.test(said.slice(0, WORDS_READ));
}

/** No answer and no forward. */
function isFresh({ subject }: MailHead): boolean {
  return kindOfSubject(subject) === "other";
}

function hasNullSender({ signals, senders }: MailHead): boolean {
  return signals.returnPath === "<>" || senders.length === 0;
}

/** Written by nobody: with a null sender, or automatic by its own word. A forward of a report is neither. */
function isUnsigned(head: MailHead): boolean {
  const { autoSubmitted } = head.signals;
  const isByMachine = autoSubmitted !== null && !autoSubmitted.startsWith("no");
  return hasNullSender(head) || (isByMachine && isFresh(head));
}
