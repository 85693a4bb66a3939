import { randomUUID } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import { simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { LenientSmtpServer } from "@/lib/mail/lenient-smtp-server";
import { catcherPage } from "./page";

/** One mail as this mail server received it. */
export type CaughtMail = {
  id: string;
  caughtAt: string;
  envelopeFrom: string;
  /** The addresses of RCPT TO, byte for byte. */
  envelopeTo: string[];
  from: string;
  to: string;
  subject: string;
  text: string;
  messageId: string | null;
  inReplyTo: string | null;
  references: string[];
  raw: string;
};

export type MailCatcher = {
  smtpPort: number;
  httpPort: number;
  smtpUrl: string;
  pageUrl: string;
  /** Everything caught so far, oldest first. */
  mails: () => CaughtMail[];
  close: () => Promise<void>;
};

type CatcherOptions = {
  smtpPort?: number;
  httpPort?: number;
  answerAfterMs?: number;
  isUnknown?: (address: string) => boolean;
};

/** Mails kept; older ones are dropped, so that a demo left alone does not fill the memory. */
const KEPT_MAX = 500;

/**
 * A mail server on loopback that takes every mail and delivers none, with a page that shows them: `/` for people,
 * `/mails` as JSON, `/mails/ID/raw` as it came. Port 0 means any free port. The answer to a mail comes `answerAfterMs`
 * after the mail, as from a server that writes it to a disk first. Recipients for whom `isUnknown` is true are refused.
 */
export async function startMailCatcher({
  smtpPort = 0,
  httpPort = 0,
  answerAfterMs = 0,
  isUnknown = () => false,
}: CatcherOptions = {}): Promise<MailCatcher> {
  const mails: CaughtMail[] = [];
  const smtp = new LenientSmtpServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    logger: false,
    onRcptTo({ address }, _session, callback) {
      callback(isUnknown(address) ? unknownRecipient() : null);
    },
    onData(stream, session, callback) {
      readMail(stream, session).then(
        (mail) => {
          mails.push(mail);
          mails.splice(0, Math.max(0, mails.length - KEPT_MAX));
          setTimeout(callback, answerAfterMs);
        },
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  smtp.on("error", () => {}); // a client that broke off
  const http = createServer((request, response) => answer(request.url ?? "/", mails, response));

  const [smtpAt, httpAt] = await Promise.all([listening(smtp, smtpPort), listening(http, httpPort)]);
  return {
    smtpPort: smtpAt,
    httpPort: httpAt,
    smtpUrl: `smtp://127.0.0.1:${smtpAt}`,
    pageUrl: `http://localhost:${httpAt}`,
    mails: () => [...mails],
    close: async () => {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => void http.close(() => resolve())),
        new Promise<void>((resolve) => void smtp.close(() => resolve())),
      ]);
    },
  };
}

function unknownRecipient(): Error {
  return Object.assign(new Error("5.1.1 No such user"), { responseCode: 550 });
}

function listening(server: SMTPServer | Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = (server instanceof SMTPServer ? server.server : server).address();
      resolve(typeof address === "object" && address ? address.port : port);
    });
  });
}

async function readMail(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<CaughtMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array)); // the stream is binary
  const raw = Buffer.concat(chunks);
  const mail = await simpleParser(raw, { skipTextToHtml: true, skipHtmlToText: true });
  const { mailFrom, rcptTo } = session.envelope;
  return {
    id: randomUUID(),
    caughtAt: new Date().toISOString(),
    envelopeFrom: mailFrom ? mailFrom.address : "",
    envelopeTo: rcptTo.map(({ address }) => address),
    from: mail.from?.text ?? "",
    to: [mail.to ?? []]
      .flat()
      .map(({ text }) => text)
      .join(", "),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    messageId: mail.messageId ?? null,
    inReplyTo: mail.inReplyTo ?? null,
    references: [mail.references ?? []].flat(),
    raw: raw.toString("latin1"),
  };
}

function answer(path: string, mails: CaughtMail[], response: ServerResponse): void {
  const send = (status: number, type: string, body: string | Buffer) => {
    response.writeHead(status, {
      "content-type": type,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    });
    response.end(body);
  };
  const { pathname } = new URL(path, "http://localhost");
  if (pathname === "/") return send(200, "text/html; charset=utf-8", catcherPage(mails.toReversed()));
  if (pathname === "/mails") return send(200, "application/json", JSON.stringify(mails));
  const id = /^\/mails\/([\w-]+)\/raw$/.exec(pathname)?.[1];
  const mail = mails.find((one) => one.id === id);
  if (!mail) return send(404, "text/plain; charset=utf-8", "There is no such mail here.\n");
  send(200, "text/plain; charset=utf-8", Buffer.from(mail.raw, "latin1"));
}
