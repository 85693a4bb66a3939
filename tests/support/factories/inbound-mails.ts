import { ThreadId } from "@/lib/api/contracts";
import { ingestSlowStep, ingestStep } from "@/lib/inbound/ingest";
import { MAIL_MAX_BYTES, receiveMail, recordRefusedMail, type MailEnvelope } from "@/lib/inbound/ledger";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

let made = 0;

type MailParts = {
  /** Header fields to add or replace; null leaves one out. */
  header?: Record<string, string | null>;
  body?: string | Buffer;
};

/** A raw mail of plain text from a customer to the desk, different each time. */
export function rawMail({ header = {}, body = "Hello, I have a question." }: MailParts = {}): Buffer {
  made += 1;
  const fields: Record<string, string | null> = {
    From: `Customer ${made} <customer${made}@example.com>`,
    To: "support@desk.example",
    Subject: `Question ${made}`,
    Date: "Mon, 23 Nov 2026 10:00:00 +0000",
    "Message-ID": `<mail-${made}@example.com>`,
    "Content-Type": "text/plain; charset=utf-8",
    ...header,
  };
  const lines = Object.entries(fields).filter(([, value]) => value !== null);
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([
    Buffer.from(`${head}\r\n`, "latin1"),
    Buffer.isBuffer(body) ? body : Buffer.from(body),
  ]);
}

/** A raw mail that answers `message`. */
export function rawAnswer({ rfcMessageId }: Pick<StoredMessage, "rfcMessageId">): Buffer {
  return rawMail({ header: { "In-Reply-To": rfcMessageId } });
}

export function receive(raw: Uint8Array, envelope: Partial<MailEnvelope> = {}, now = new Date()) {
  const whole = { from: "customer@example.com", to: ["support@desk.example"], ...envelope };
  return receiveMail({ raw, envelope: whole, source: "smtp" }, now);
}

/** Leaves a row of a mail that was refused for its size. */
export function refuseMail(head = rawMail(), sizeBytes = MAIL_MAX_BYTES + 1) {
  const envelope = { from: "customer@example.com", to: ["support@desk.example"] };
  return recordRefusedMail({ head, sizeBytes, envelope, source: "smtp" });
}

/** Runs the ingest followers until nothing is due. */
export async function ingestAll(now = new Date()): Promise<void> {
  while ((await ingestStep(now)).worked || (await ingestSlowStep(now)).worked);
}

/** Receives a mail and makes its ticket. Returns the stored row, thread and message. */
export async function deliver(raw: Uint8Array, envelope: Partial<MailEnvelope> = {}) {
  const { ledgerId } = await receive(raw, envelope);
  await ingestAll();
  const row = await storedRow(ledgerId);
  const [thread, message] = await Promise.all([
    EmailThread.findById(row.threadId).orFail().lean<StoredThread>(),
    EmailMessage.findById(row.messageId).orFail().lean<StoredMessage>(),
  ]);
  return { row, thread, threadId: ThreadId.parse(thread._id.toHexString()), message };
}

export async function storedRow(ledgerId: string): Promise<StoredInboundEmail> {
  return InboundEmail.findById(ledgerId).orFail().lean<StoredInboundEmail>();
}

export async function messagesOf(threadId: StoredThread["_id"]): Promise<StoredMessage[]> {
  return EmailMessage.find({ threadId }).sort({ at: 1, _id: 1 }).lean<StoredMessage[]>();
}

/** The header and body of a multipart mail. Each part brings its own header. */
export function multipart(kind: string, ...parts: string[]): MailParts {
  const body = [...parts.map((part) => `--edge\r\n${part}\r\n`), "--edge--\r\n"].join("");
  return { header: { "Content-Type": `multipart/${kind}; boundary=edge` }, body };
}
