import "server-only";
import type { AddressInfo } from "node:net";
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerSession } from "smtp-server";
import { connectDb } from "@/lib/store/db";
import { keepPace, TooFastError } from "@/lib/pace";
import { log } from "@/lib/log";
import { networkOf } from "@/lib/network-address";
import { collectMail, inTurns } from "./collect-mail";
import { beginIntake, hasRoomFor, type Intake } from "./intake";
import { MAIL_MAX_BYTES, receiveMail, recordRefusedMail } from "./ledger";
import { BoundedSmtpServer, SMTP_LIMITS, type SmtpLimits } from "./smtp-connections";
import { announcedIn, envelopeOf, peerOf } from "./smtp-envelope";

const RECIPIENTS_MAX = 100;
const IDLE_LIMIT_MS = 60_000;
const DRAIN_LIMIT_MS = 10_000;

export type SmtpReceiver = {
  port: number;
  countConnections: () => number;
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
 * inbox, and answers 250 only after the ledger has stored the mail; while the database is away it answers 451, so
 * the sending server keeps the mail. Mail over 40 MB is refused with 552 and leaves a ledger row, even if only its
 * size was announced; that is why the limit is not advertised. Mail for which the process has no room is put off
 * with 451. An address may have few connections, and each has little time to begin a mail. It has no sign-in and no
 * TLS: run it on a private address behind the mail server that faces the internet. Rejects if it cannot listen on
 * the address.
 */
export async function startSmtpReceiver({
  port,
  host,
  limits = SMTP_LIMITS,
}: {
  port: number;
  host: string;
  limits?: SmtpLimits;
}): Promise<SmtpReceiver> {
  const server: BoundedSmtpServer = new BoundedSmtpServer(
    {
      banner: "Claimdesk",
      disabledCommands: ["AUTH", "STARTTLS"],
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      size: MAIL_MAX_BYTES,
      hideSize: true,
      maxRecipients: RECIPIENTS_MAX,
      socketTimeout: IDLE_LIMIT_MS,
      closeTimeout: DRAIN_LIMIT_MS,
      onConnect: (session, done) => void answer(keepSmtpPace("conversation", session), session, done),
      onMailFrom: (address, session, done) => {
        server.expect("envelopeMs", session);
        void answer(admitMail(address, session), session, done);
      },
      onData: (stream, session, done) => {
        server.expect("transferMs", session);
        stream.once("end", () => server.expect(null, session));
        void answer(takeMail(stream, session), session, (error) => {
          server.expect("beginMs", session);
          done(error);
        });
      },
    },
    limits,
  );
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
    countConnections: () => server.connections.size,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function takeMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
  const intake = beginIntake(arrivingIn(session));
  if (!intake) return dropMail(stream);
  try {
    await storeMail(stream, session, intake);
  } finally {
    intake.release();
  }
}

/** Reads a mail without keeping it, since the answer can only be sent after its end. */
async function dropMail(stream: SMTPServerDataStream): Promise<never> {
  for await (const _part of inTurns(stream));
  throw noRoom();
}

async function storeMail(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  intake: Intake,
): Promise<void> {
  const envelope = envelopeOf(session);
  const mail = await collectMail(stream, intake);
  if (mail.outcome === "no_room") throw noRoom();
  await connectDb();
  if (mail.outcome === "too_large") {
    await recordRefusedMail({ ...mail, envelope, source: "smtp" });
    throw tooLarge();
  }
  await receiveMail({ raw: mail.raw, envelope, source: "smtp" });
}

function arrivingIn({ envelope, remoteAddress }: SMTPServerSession): Parameters<typeof beginIntake>[0] {
  return {
    announcedBytes: envelope.mailFrom ? announcedIn(envelope.mailFrom) : 0,
    sender: networkOf(remoteAddress),
  };
}

/** Refuses for now if one address opens more connections, or sends more mails, than its pace per minute. */
async function keepSmtpPace(
  what: "conversation" | "mail",
  { remoteAddress }: SMTPServerSession,
): Promise<void> {
  try {
    await keepPace("inbound", `smtp ${what} ${networkOf(remoteAddress)}`);
  } catch (error) {
    if (!(error instanceof TooFastError)) throw error;
    const code = what === "conversation" ? 421 : 451;
    throw new SmtpRefusal(code, "Try again later: that was more than the desk takes in a minute");
  }
}

async function admitMail(from: SMTPServerAddress, session: SMTPServerSession): Promise<void> {
  await keepSmtpPace("mail", session);
  const sizeBytes = announcedIn(from);
  if (sizeBytes <= MAIL_MAX_BYTES) {
    const sender = networkOf(session.remoteAddress);
    if (!hasRoomFor({ announcedBytes: sizeBytes, sender })) throw noRoom();
    return;
  }
  await connectDb();
  const envelope = { from: from.address, to: [], peer: peerOf(session) };
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

function noRoom(): SmtpRefusal {
  return new SmtpRefusal(451, "Try again later: the desk takes in as many mails as it can right now");
}

function tooLarge(): SmtpRefusal {
  return new SmtpRefusal(552, "The mail is larger than 40 MB");
}
