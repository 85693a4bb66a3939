import "server-only";
import { Readable } from "node:stream";
import { crashPoint } from "@/lib/process/crash-point";
import { addressProblem, needsUtf8, toAddress } from "./address";
import { inAscii, type ComposedMail, type Envelope } from "./compose";
import {
  outcomeOfError,
  refusedFor,
  rejectionOf,
  shown,
  type Rejection,
  type SendOutcome,
  type SessionEnd,
  type SmtpError,
  type Stage,
} from "./smtp-outcome";
import { linkTo, offersUtf8, SMTP_TIMEOUTS, type SmtpTimeouts } from "./smtp-server-link";

export { SMTP_TIMEOUTS };
export type { Rejection, SendOutcome };

const NO_UTF8 =
  "Our mail server takes no address with letters beyond a to z before the @, so it was not asked to send there.";

/** The mail's bytes: as they are, and without addresses that only a server with SMTPUTF8 takes in a header. */
type Bytes = { utf8: Buffer; ascii: Buffer };

/**
 * Sends one mail to its recipients in one SMTP session, and never retries. The server gets the addresses of the envelope
 * alone, whatever the headers say; with "" as its sender no report about the mail comes back. An address beyond ASCII goes
 * out by SMTPUTF8; if the server does not offer it, nothing is sent there.
 */
export async function sendMail(
  mail: ComposedMail,
  envelope: Envelope,
  serverUrl: string,
  timeouts = SMTP_TIMEOUTS,
): Promise<SendOutcome> {
  const invalid = envelope.to.flatMap(invalidity);
  const to = envelope.to.filter((address) => addressProblem(address) === null);
  if (envelope.from !== "" && addressProblem(envelope.from) !== null) {
    const detail = "Mail can't be sent from the desk's own address. Check SUPPORT_ADDRESS.";
    return refusedFor(
      envelope.to.map((address) => ({ address, permanent: true, detail })),
      null,
    );
  }
  if (to.length === 0) return refusedFor(invalid, null);
  const outcome = await runSession(await bytesOf(mail, to), { ...envelope, to }, serverUrl, timeouts);
  return "rejected" in outcome ? { ...outcome, rejected: [...invalid, ...outcome.rejected] } : outcome;
}

function invalidity(address: string): Rejection[] {
  const detail = addressProblem(address);
  return detail === null ? [] : [{ address, permanent: true, detail }];
}

async function bytesOf(mail: ComposedMail, to: string[]): Promise<Bytes> {
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const ascii = await new MailComposer(inAscii(mail)).compile().build();
  return { ascii, utf8: to.some(needsUtf8) ? await new MailComposer(mail).compile().build() : ascii };
}

async function runSession(
  bytes: Bytes,
  { from, to }: Envelope,
  serverUrl: string,
  timeouts: SmtpTimeouts,
): Promise<SendOutcome> {
  const { connection, auth } = await linkTo(serverUrl, timeouts);
  const given = new Map(to.map((address) => [onTheWire(address), address]));
  const sent: Sent = { from, to: [...given.keys()] };
  let stage: Stage = "connecting";
  let isBodyStarted = false;
  let takesUtf8: boolean | null = null;
  const end = (): SessionEnd => ({
    stage,
    isBodyStarted,
    takesUtf8,
    to,
    rejected: [...(takesUtf8 === false ? withoutUtf8(to) : []), ...refusedOneByOne(sent, given)],
  });

  return new Promise((resolve) => {
    const settle = (outcome: SendOutcome) => {
      clearTimeout(deadline);
      resolve(outcome);
    };
    const settleError = (error: SmtpError) => {
      settle(outcomeOfError(error, end()));
      connection.close();
    };
    const deadline = setTimeout(() => settleError(new Error("The session took too long")), timeouts.totalMs);
    const send = () => {
      stage = "sending";
      if (!takesUtf8) sent.to = sent.to.filter((address) => !needsUtf8(address));
      if (sent.to.length === 0) {
        settle(refusedFor(end().rejected, takesUtf8));
        return connection.quit();
      }
      if (globalThis.CRASH_POINTS) crashPoint("deliver.before-data");
      const body = bodyOf(takesUtf8 ? bytes.utf8 : bytes.ascii, () => (isBodyStarted = true));
      connection.send(sent, body, (error, info) => {
        if (error) return settleError(error);
        settle({ takesUtf8, kind: "accepted", response: shown(info.response), rejected: end().rejected });
        connection.quit();
      });
    };

    connection.on("error", settleError);
    // "end" may come before the callback that has the error.
    connection.on("end", () => setImmediate(() => settleError(new Error("Connection closed"))));
    const begin = (error?: SmtpError | null) => {
      if (error) return settleError(error);
      takesUtf8 = offersUtf8(connection);
      if (!auth || !connection.allowsAuth) return send();
      stage = "signing_in";
      connection.login(auth, (loginError) => (loginError ? settleError(loginError) : send()));
    };
    try {
      connection.connect(begin);
    } catch (error) {
      settleError(error as SmtpError); // no server was reached, so a retry is safe
    }
  });
}

/** The address byte for byte, unless its domain has to be made ASCII. */
function onTheWire(address: string): string {
  const read = toAddress(address);
  return read.toLowerCase() === address.toLowerCase() ? address : read;
}

/** The envelope as the package is given it; `rejectedErrors` is the package's, as soon as a recipient is refused. */
type Sent = { from: string; to: string[]; rejectedErrors?: SmtpError[] };

function refusedOneByOne({ rejectedErrors = [] }: Sent, given: Map<string, string>): Rejection[] {
  return rejectedErrors.flatMap((error) => {
    const address = given.get(error.recipient ?? "");
    return address === undefined ? [] : [{ address, ...rejectionOf(error) }];
  });
}

function withoutUtf8(to: string[]): Rejection[] {
  return to.filter(needsUtf8).map((address) => ({ address, permanent: true, detail: NO_UTF8 }));
}

/**
 * The body of a mail. The library gives the same error before and after the server took a mail. But it reads the body only
 * once the server has answered DATA with "go ahead", which tells the two apart.
 */
function bodyOf(bytes: Buffer, onStarted: () => void): Readable {
  const body = new Readable({
    read() {
      onStarted();
      if (globalThis.CRASH_POINTS) crashPoint("deliver.data-begun");
      this.push(bytes);
      this.push(null);
    },
  });
  // The final dot is written before the next turn of the event loop; the answer to it comes later.
  if (globalThis.CRASH_POINTS) body.once("end", () => setImmediate(() => crashPoint("deliver.dot-written")));
  return body;
}
