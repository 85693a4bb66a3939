import "server-only";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import { isLoopbackHost } from "@/lib/loopback";

/** Time limits of one session, in milliseconds: for the connection, the greeting, any answer, and in all. */
export const SMTP_TIMEOUTS = { connectMs: 10_000, greetingMs: 10_000, silenceMs: 60_000, totalMs: 90_000 };

export type SmtpTimeouts = typeof SMTP_TIMEOUTS;
type SmtpLink = { connection: SMTPConnection; auth: { user: string; pass: string } | null };

/** A connection to the mail server that is not opened yet, and how to sign in; null if without. */
export async function linkTo(serverUrl: string, timeouts: SmtpTimeouts): Promise<SmtpLink> {
  // Loaded when first needed: the web process knows this file and sends no mail.
  const { parseConnectionUrl } = await import("nodemailer/lib/shared");
  const { default: Connection } = await import("nodemailer/lib/smtp-connection");
  const { auth, ...server } = parseConnectionUrl(serverUrl);
  // A password is sent under TLS only, even if somebody on the way hides that the server offers it.
  const needsTls = auth !== undefined && !isLoopbackHost(server.host ?? "") && server.requireTLS !== false;
  const connection = new Connection({
    ...server,
    requireTLS: needsTls || server.requireTLS === true,
    logger: false,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
  });
  return { connection, auth: auth ? { user: auth.user, pass: auth.pass } : null };
}

/** Whether the server offers SMTPUTF8, once it has been greeted. */
export function offersUtf8(connection: SMTPConnection): boolean {
  // The package tells only after a mail was taken; its list of extensions is not part of its types.
  const extensions: unknown = Reflect.get(connection, "_supportedExtensions");
  return Array.isArray(extensions) && extensions.includes("SMTPUTF8");
}

/** Asks the mail server whether it offers SMTPUTF8, without a mail; null if it cannot be reached. */
export async function askForUtf8(serverUrl: string, timeouts = SMTP_TIMEOUTS): Promise<boolean | null> {
  const { connection } = await linkTo(serverUrl, timeouts);
  return new Promise((resolve) => {
    const end = (answer: boolean | null) => {
      clearTimeout(deadline);
      resolve(answer);
      if (answer === null) connection.close();
      else connection.quit();
    };
    const deadline = setTimeout(() => end(null), timeouts.totalMs);
    connection.on("error", () => end(null));
    connection.once("end", () => end(null));
    try {
      connection.connect((error) => end(error ? null : offersUtf8(connection)));
    } catch {
      end(null); // no server was reached
    }
  });
}
