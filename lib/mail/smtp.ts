import "server-only";
import { Readable } from "node:stream";
import type { SendMailOptions } from "nodemailer";
import { crashPoint } from "@/lib/process/crash-point";
import { isLoopbackHost } from "@/lib/loopback";
import { addressProblem } from "./address";
import type { Envelope } from "./compose";

/**
 * The outcome of one attempt. `detail` is a sentence for a person.
 * "unreachable": nothing of the mail was sent, so a retry is safe. "unconfirmed": the server asked for the mail and
 * never said whether it took it, so a retry may deliver it twice.
 */
export type SendOutcome =
  | { kind: "accepted"; response: string }
  | { kind: "refused"; permanent: boolean; detail: string }
  | { kind: "unreachable"; detail: string }
  | { kind: "unconfirmed"; detail: string };

/** Time limits of one session, in milliseconds: for the connection, the greeting, any answer, and in all. */
export const SMTP_TIMEOUTS = { connectMs: 10_000, greetingMs: 10_000, silenceMs: 60_000, totalMs: 90_000 };

/** Longest part of a server's answer that is shown. */
const REPLY_SHOWN_MAX = 300;

/** Codes of Node's and OpenSSL's errors about a certificate or a handshake. */
const TLS_ERROR = /CERT|TLS|SSL|SIGNATURE|EPROTO/;

type Stage = "connecting" | "signing_in" | "sending";
type SmtpError = Error & {
  code?: string;
  originalCode?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  permanent?: boolean;
};

/**
 * Sends one mail to one recipient in an SMTP session of its own, and never retries. The server gets `envelope.to` byte
 * for byte, whatever the headers say.
 */
export async function sendMail(
  mail: SendMailOptions,
  envelope: Envelope,
  serverUrl: string,
  timeouts = SMTP_TIMEOUTS,
): Promise<SendOutcome> {
  if (addressProblem(envelope.from) !== null || addressProblem(envelope.to[0]) !== null) {
    return {
      kind: "refused",
      permanent: true,
      detail: "Mail can't be sent to the customer's address.",
    };
  }
  // Loaded when first needed: the web process knows this file and sends no mail.
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const bytes = await new MailComposer(mail).compile().build();
  return runSession(bytes, envelope, serverUrl, timeouts);
}

async function runSession(
  bytes: Buffer,
  envelope: Envelope,
  serverUrl: string,
  timeouts: typeof SMTP_TIMEOUTS,
): Promise<SendOutcome> {
  const { parseConnectionUrl } = await import("nodemailer/lib/shared");
  const { default: SMTPConnection } = await import("nodemailer/lib/smtp-connection");
  const { auth, ...server } = parseConnectionUrl(serverUrl);
  // A password is sent under TLS only, even if somebody on the way hides that the server offers it.
  const needsTls = auth !== undefined && !isLoopbackHost(server.host ?? "") && server.requireTLS !== false;
  const connection = new SMTPConnection({
    ...server,
    requireTLS: needsTls || server.requireTLS === true,
    logger: false,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
  });

  let stage: Stage = "connecting";
  let isBodyStarted = false;
  // The library gives the same error before and after the server took a mail. But it reads the body only once the
  // server has answered DATA with "go ahead", which tells the two apart.
  const body = new Readable({
    read() {
      isBodyStarted = true;
      if (globalThis.CRASH_POINTS) crashPoint("deliver.data-begun");
      this.push(bytes);
      this.push(null);
    },
  });

  // The final dot is written before the next turn of the event loop; the answer to it comes later.
  if (globalThis.CRASH_POINTS) body.once("end", () => setImmediate(() => crashPoint("deliver.dot-written")));

  return new Promise((resolve) => {
    const settle = (outcome: SendOutcome) => {
      clearTimeout(deadline);
      resolve(outcome);
    };
    const settleError = (error: SmtpError) => {
      settle(classify(error, stage, isBodyStarted));
      connection.close();
    };
    const deadline = setTimeout(() => settleError(new Error("The session took too long")), timeouts.totalMs);
    const send = () => {
      stage = "sending";
      if (globalThis.CRASH_POINTS) crashPoint("deliver.before-data");
      connection.send({ from: envelope.from, to: [...envelope.to] }, body, (error, info) => {
        if (error) return settleError(error);
        settle({ kind: "accepted", response: shown(info.response) });
        connection.quit();
      });
    };

    connection.on("error", settleError);
    // "end" may come before the callback that has the error.
    connection.on("end", () => setImmediate(() => settleError(new Error("Connection closed"))));
    const begin = (error?: SmtpError | null) => {
      if (error) return settleError(error);
      if (!auth || !connection.allowsAuth) return send();
      stage = "signing_in";
      connection.login({ user: auth.user, pass: auth.pass }, (loginError) =>
        loginError ? settleError(loginError) : send(),
      );
    };
    try {
      connection.connect(begin);
    } catch (error) {
      settleError(error as SmtpError); // no server was reached, so a retry is safe
    }
  });
}

function classify(error: SmtpError, stage: Stage, isBodyStarted: boolean): SendOutcome {
  const code = error.responseCode ?? 0;
  // Before MAIL an error is about the server or our sign-in, not about this mail, so a retry may succeed.
  if (stage === "sending" && code >= 400) {
    const permanent = error.permanent === true;
    return { kind: "refused", permanent, detail: refusalDetail(error, permanent) };
  }
  if (isBodyStarted) {
    return {
      kind: "unconfirmed",
      detail: "The mail server broke off before confirming, so the customer may have this reply.",
    };
  }
  return { kind: "unreachable", detail: unreachableDetail(error, stage) };
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

function shown(reply: string): string {
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
