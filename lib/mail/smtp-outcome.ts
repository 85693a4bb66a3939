import "server-only";

/** A recipient whom the mail server did not take the mail for: for good, or it asked to try later. */
export type Rejection = {
  address: string;
  permanent: boolean;
  /** A sentence for a person. */
  detail: string;
  /** The mail server's own words, one line; null or missing if it was not asked. */
  said?: string | null;
};

/**
 * The outcome of one attempt. `detail` is a sentence for a person.
 * "accepted": taken for everybody but `rejected`. "refused": for nobody; `rejected` has them all.
 * "unreachable": nothing of the mail was sent, so a retry is safe. "unconfirmed": the server asked for the mail and
 * never said whether it took it, so a retry may deliver it twice; certainly not to `rejected`.
 */
export type SendOutcome = {
  /** Whether the server offers SMTPUTF8; null if it was not reached. */
  takesUtf8: boolean | null;
} & (
  | { kind: "accepted"; response: string; rejected: Rejection[] }
  | { kind: "refused"; permanent: boolean; detail: string; rejected: Rejection[] }
  | { kind: "unreachable"; detail: string }
  | { kind: "unconfirmed"; detail: string; rejected: Rejection[] }
);

export type Stage = "connecting" | "signing_in" | "sending";
export type SmtpError = Error & {
  code?: string;
  originalCode?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  permanent?: boolean;
  /** The refused recipient, as the server was given it. */
  recipient?: string;
};

/** The facts of a session at its end. */
export type SessionEnd = {
  stage: Stage;
  isBodyStarted: boolean;
  takesUtf8: boolean | null;
  /** Everybody whom this attempt is for. */
  to: string[];
  /** Those refused one by one. */
  rejected: Rejection[];
};

/** Longest part of a server's answer that is shown. */
const REPLY_SHOWN_MAX = 300;

/** Codes of Node's and OpenSSL's errors about a certificate or a handshake. */
const TLS_ERROR = /CERT|TLS|SSL|SIGNATURE|EPROTO/;

/** The outcome of a session that ended with `error`. */
export function outcomeOfError(error: SmtpError, end: SessionEnd): SendOutcome {
  const { stage, isBodyStarted, takesUtf8, rejected } = end;
  // Before MAIL an error is about the server or our sign-in, not about this mail, so a retry may succeed.
  if (stage === "sending" && (error.responseCode ?? 0) >= 400) return refusedBy(error, end);
  if (isBodyStarted) {
    const detail = "The mail server broke off before confirming, so the customer may have this reply.";
    return { takesUtf8, kind: "unconfirmed", detail, rejected };
  }
  return { takesUtf8, kind: "unreachable", detail: unreachableDetail(error, stage) };
}

/** Refused for nobody's sake in particular: the sender, or the message itself; so it holds for everybody else too. */
function refusedBy(error: SmtpError, { takesUtf8, to, rejected }: SessionEnd): SendOutcome {
  const rejection = rejectionOf(error);
  const named = new Set(rejected.map(({ address }) => address));
  const others = to.filter((address) => !named.has(address));
  return refusedFor([...rejected, ...others.map((address) => ({ address, ...rejection }))], takesUtf8);
}

/** Nobody's server took it; a retry may succeed for some of them unless all are refused for good. */
export function refusedFor(rejected: Rejection[], takesUtf8: boolean | null): SendOutcome {
  const shown = rejected.find(({ permanent }) => !permanent) ?? rejected[0];
  const { permanent = true, detail = "The reply has no recipient." } = shown ?? {};
  return { takesUtf8, kind: "refused", permanent, detail, rejected };
}

/** How the server refused, be it one recipient or the mail. */
export function rejectionOf(error: SmtpError): Omit<Rejection, "address"> {
  const permanent = error.permanent === true;
  const said = shown(error.response ?? "") || null;
  return { permanent, detail: refusalDetail(error, permanent), said };
}

function refusalDetail(error: SmtpError, permanent: boolean): string {
  const reply = asSentence(shown(error.response ?? ""));
  if (!permanent) return `The mail server asked to try again later: ${reply}`;
  if (error.command === "RCPT TO") return `The mail server refused the address: ${reply}`;
  if (error.command === "MAIL FROM") return `The mail server refused the sender: ${reply}`;
  return `The mail server refused the message: ${reply}`;
}

// Never quotes the server: its answer to a sign-in may repeat part of the password.
function unreachableDetail(error: SmtpError, stage: Stage): string {
  if (stage === "signing_in" || error.code === "EAUTH") {
    return "The mail server did not accept the user name and password in SMTP_URL.";
  }
  if (error.code === "ETLS" || TLS_ERROR.test(error.originalCode ?? ""))
    return "A protected connection to the mail server could not be set up.";
  if (error.responseCode) return `The mail server is not taking mail right now (${error.responseCode}).`;
  if (stage === "sending") return "The mail server broke off before it took the mail.";
  return "The mail server can't be reached right now.";
}

/** A server's answer as one short line. */
export function shown(reply: string): string {
  return reply
    .slice(0, 4 * REPLY_SHOWN_MAX)
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .trim()
    .slice(0, REPLY_SHOWN_MAX)
    .toWellFormed();
}

function asSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
