import "server-only";
import type { AddressInfo } from "node:net";
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from "smtp-server";
import { connectDb } from "@/lib/store/db";
import { keepPace, TooFastError } from "@/lib/pace";
import { log } from "@/lib/log";
import { collectMail } from "./collect-mail";
import { MAIL_MAX_BYTES, receiveMail, recordRefusedMail, type MailEnvelope } from "./ledger";

/** Each connection may hold one mail of the largest size in memory. */
const CLIENTS_MAX = 20;
const RECIPIENTS_MAX = 100;
const IDLE_LIMIT_MS = 60_000;
const DRAIN_LIMIT_MS = 10_000;

export type SmtpReceiver = {
  port: number;
  /** Accepts no new connection, lets open ones finish, and cuts the rest off after 10 s. */
  close: () => Promise<void>;
};

/** A refusal by SMTP code: after 4xx the sender keeps the mail and retries, after 5xx it gives up. */
class SmtpRefusal extends Error {
  constructor(
    readonly responseCode: 421 | 451 | 552,
    message: string,
  ) {
    super(message);
    this.name = "SmtpRefusal";
  }
}

/**
 * Starts the desk's own mail server; port 0 picks a free port. It accepts mail for any recipient, since there is one
 * inbox, and answers 250 only after the ledger has stored the mail; while the database is away it answers 451, so the
 * sending server keeps the mail. Mail over 40 MB is refused with 552 and leaves a ledger row, even if only its size was
 * announced; that is why the limit is not advertised. It has no sign-in and no TLS: run it on a private address behind
 * the mail server that faces the internet. Rejects if it cannot listen on the address.
 */
export async function startSmtpReceiver({
  port,
  host,
}: {
  port: number;
  host: string;
}): Promise<SmtpReceiver> {
  const server = new SMTPServer({
    banner: "Claimdesk",
    disabledCommands: ["AUTH", "STARTTLS"],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    size: MAIL_MAX_BYTES,
    hideSize: true,
    maxClients: CLIENTS_MAX,
    maxRecipients: RECIPIENTS_MAX,
    socketTimeout: IDLE_LIMIT_MS,
    closeTimeout: DRAIN_LIMIT_MS,
    onConnect: (session, done) => void answer(keepSmtpPace("conversation", session), session, done),
    onMailFrom: (address, session, done) => void answer(admitMail(address, session), session, done),
    onData: (stream, session, done) => void answer(takeMail(stream, session), session, done),
  });
  // After a broken connection the sender retries.
  server.on("error", (error) => log.debug({ err: error.name }, "smtp conversation failed"));
  await new Promise<void>((resolve, reject) => {
    server.server.once("error", reject);
    server.listen(port, host, () => {
      server.server.off("error", reject);
      resolve();
    });
  });
  return {
    // A listening TCP server has an address with a port.
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function takeMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const envelope = envelopeOf(session);
  const mail = await collectMail(stream);
  await connectDb();
  if (mail.isTooLarge) {
    await recordRefusedMail({ ...mail, envelope, source: "smtp" });
    throw tooLarge();
  }
  await receiveMail({ raw: mail.raw, envelope, source: "smtp" });
}

/** Refuses for now if one address opens more connections, or sends more mails, than its pace per minute. */
async function keepSmtpPace(
  what: "conversation" | "mail",
  { remoteAddress }: SMTPServerSession,
): Promise<void> {
  try {
    await keepPace("inbound", `smtp ${what} ${remoteAddress}`);
  } catch (error) {
    if (!(error instanceof TooFastError)) throw error;
    const code = what === "conversation" ? 421 : 451;
    throw new SmtpRefusal(code, "Try again later: that was more than the desk takes in a minute");
  }
}

async function admitMail({ address, args }: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
  await keepSmtpPace("mail", session);
  const sizeBytes = Number((args && args.SIZE) || 0);
  if (!(sizeBytes > MAIL_MAX_BYTES)) return;
  await connectDb();
  const envelope = { from: address, to: [] };
  await recordRefusedMail({ head: Buffer.alloc(0), sizeBytes, envelope, source: "smtp" });
  throw tooLarge();
}

/** Answers the client. Any error but a refusal is our own fault, so the sender is asked to keep the mail. */
async function answer(
  work: Promise<void>,
  session: SMTPServerSession,
  done: (error?: Error | null) => void,
): Promise<void> {
  try {
    await work;
    done();
  } catch (error) {
    if (error instanceof SmtpRefusal) return done(error);
    log.warn(
      { conversation: session.id, err: error instanceof Error ? error.name : "unknown" },
      "mail put off",
    );
    done(new SmtpRefusal(451, "Try again later: the mail could not be stored"));
  }
}

function tooLarge(): SmtpRefusal {
  return new SmtpRefusal(552, "The mail is larger than 40 MB");
}

function envelopeOf({ envelope }: SMTPServerSession): MailEnvelope {
  return {
    from: envelope.mailFrom ? envelope.mailFrom.address : null,
    to: envelope.rcptTo.map((recipient) => recipient.address),
  };
}
