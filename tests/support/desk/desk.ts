import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import { createTransport, type SendMailOptions } from "nodemailer";
import { expect, inject, type ProvidedContext } from "vitest";
import type { AuditAction } from "@/lib/api/vocabulary";
import type { StoredAuditEvent } from "@/models/AuditEventModel";
import type { StoredMessage } from "@/models/EmailMessageModel";
import type { StoredInboundEmail } from "@/models/InboundEmailModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { CaughtMail } from "@/scripts/stand-ins/mail-catcher/server";

/** The addresses of a running app, and of the stand-ins around it. */
export type App = ProvidedContext["app"];

/** Reads the stored data, the sent mails and the channel, for tests that drive the desk from outside. */
export class Desk {
  private constructor(
    private readonly connection: mongoose.Connection,
    private readonly app: Partial<App>,
  ) {}

  /** Opens the app that the e2e tests share, or another one. */
  static async open(app: Partial<App> & Pick<App, "mongodbUri"> = inject("app")): Promise<Desk> {
    return new Desk(await mongoose.createConnection(app.mongodbUri).asPromise(), app);
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Sends a customer's mail by SMTP, waits until it is a message of a ticket, and returns the ticket's id. */
  async receive(mail: {
    subject: string;
    text?: string;
    html?: string;
    from?: string;
    cc?: string[];
    inReplyTo?: string;
  }): Promise<string> {
    const messageId = `<${randomUUID()}@customers.example>`;
    const message = await this.filed(messageId, {
      from: mail.from ?? '"Lena Hoffmann" <lena@customers.example>',
      to: "support@desk.example",
      cc: mail.cc,
      subject: mail.subject,
      text: mail.text ?? "Hello, could you have a look?",
      html: mail.html,
      messageId,
      ...(mail.inReplyTo ? { inReplyTo: mail.inReplyTo, references: mail.inReplyTo } : {}),
    });
    return message.threadId.toHexString();
  }

  /** Waits until a mail of the ledger is filed, and returns the id of its ticket. */
  async ticketOf(ledgerId: string): Promise<string> {
    const rows = this.connection.collection<StoredInboundEmail>("inboundemails");
    const threads = this.connection.collection<StoredThread>("emailthreads");
    const filed = async () => {
      const threadId = (await rows.findOne({ _id: ledgerId }))?.threadId;
      const thread = threadId && (await threads.findOne({ _id: threadId })); // the row names it a moment before
      return thread?._id.toHexString() ?? null;
    };
    await expect.poll(filed, { timeout: 15_000 }).not.toBeNull();
    return (await filed()) ?? "";
  }

  /** Sends a raw mail by SMTP with this envelope sender, waits until it is a message of a ticket, and returns the message. */
  async deliver(raw: Buffer, from: string): Promise<StoredMessage> {
    const messageId = `<${randomUUID()}@mx.relay.example>`;
    const own = raw.toString("latin1").replace(/^Message-ID: .*$/m, `Message-ID: ${messageId}`);
    const envelope = { from, to: ["support@desk.example"] };
    return this.filed(messageId, { envelope, raw: Buffer.from(own, "latin1") });
  }

  private async filed(messageId: string, mail: SendMailOptions): Promise<StoredMessage> {
    const transport = createTransport({
      host: "127.0.0.1",
      port: this.app.inboundPort,
      secure: false,
      ignoreTLS: true,
    });
    await transport.sendMail(mail);
    transport.close();
    const messages = this.connection.collection<StoredMessage>("emailmessages");
    await expect
      .poll(() => messages.findOne({ rfcMessageId: messageId }), { timeout: 15_000 })
      .not.toBeNull();
    const message = await messages.findOne({ rfcMessageId: messageId });
    if (!message) throw new Error(`Mail ${messageId} is not stored.`);
    return message;
  }

  async thread(id: string): Promise<StoredThread> {
    const thread = await this.connection
      .collection<StoredThread>("emailthreads")
      .findOne({ _id: new mongoose.Types.ObjectId(id) });
    if (!thread) throw new Error(`No thread ${id} is stored.`);
    return thread;
  }

  /** Who holds each of these tickets, in the same order; null if nobody does. */
  async assignees(ids: string[]): Promise<(string | null)[]> {
    const threads = await Promise.all(ids.map((id) => this.thread(id)));
    return threads.map(({ assignedTo }) => assignedTo ?? null);
  }

  /** Runs `work` while nobody else can change this ticket. */
  async whileLocked<Value>(id: string, work: () => Promise<Value>): Promise<Value> {
    const mayLast = (transactionLifetimeLimitSeconds: number) =>
      this.connection.db?.admin().command({ setParameter: 1, transactionLifetimeLimitSeconds });
    await mayLast(100);
    const session = await this.connection.startSession();
    session.startTransaction();
    try {
      const threads = this.connection.collection<StoredThread>("emailthreads");
      const own = { _id: new mongoose.Types.ObjectId(id) };
      await threads.updateOne(own, { $set: { lockedBy: "the test" } as never }, { session });
      return await work();
    } finally {
      await session.abortTransaction();
      await session.endSession();
      await mayLast(15); // as the mongod of the tests has it
    }
  }

  /** The rows of the audit log with this action, oldest first. */
  async audited(action: AuditAction): Promise<StoredAuditEvent[]> {
    const events = this.connection.collection<StoredAuditEvent>("auditevents");
    return events.find({ action }).sort({ at: 1 }).toArray();
  }

  async replies(threadId: string): Promise<StoredMessage[]> {
    return this.connection
      .collection<StoredMessage>("emailmessages")
      .find({ threadId: new mongoose.Types.ObjectId(threadId), direction: "outbound" })
      .sort({ at: 1 })
      .toArray();
  }

  /** How many tickets of this assignee need a look. */
  async needingALook(assignedTo: string | null): Promise<number> {
    const threads = this.connection.collection<StoredThread>("emailthreads");
    return threads.countDocuments({ assignedTo, needsLookAt: { $exists: true } });
  }

  /** The newest message of a ticket. */
  async lastMessage(threadId: string): Promise<StoredMessage> {
    const messages = this.connection.collection<StoredMessage>("emailmessages");
    const ofThread = { threadId: new mongoose.Types.ObjectId(threadId) };
    const message = await messages.findOne(ofThread, { sort: { at: -1 } });
    if (!message) throw new Error(`Ticket ${threadId} has no message.`);
    return message;
  }

  /** The Message-ID header of a stored message, with angle brackets. */
  async rfcMessageId(messageId: string): Promise<string> {
    const message = await this.connection
      .collection<StoredMessage>("emailmessages")
      .findOne({ _id: messageId });
    return message?.rfcMessageId ?? "";
  }

  /** Text of the one card in the channel that links to this ticket. Throws if there is none, or more than one. */
  async card(threadId: string): Promise<string> {
    const response = await fetch(`${this.app.discordUrl}/messages`);
    const messages = (await response.json()) as { content: string }[];
    const own = messages.filter((message) => message.content.includes(threadId));
    if (own.length !== 1) throw new Error(`${own.length} cards link to ticket ${threadId}.`);
    return own[0]?.content.replaceAll(/\\(.)/g, "$1") ?? "";
  }

  /** Waits until no card is due, so that only the test changes anything. */
  async atRest(): Promise<void> {
    const waiting = async () => {
      const threads = this.connection.collection("emailthreads");
      const cards = this.connection.collection("cards");
      return (
        (await threads.countDocuments({ cardsDueAt: { $exists: true } })) +
        (await cards.countDocuments({ dueAt: { $ne: null } }))
      );
    };
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
  }

  /** The mails that went out with this subject, oldest first. */
  async caught(subject: string): Promise<CaughtMail[]> {
    const response = await fetch(new URL("/mails", this.app.mailUrl));
    const mails = (await response.json()) as CaughtMail[];
    return mails.filter((mail) => mail.subject.includes(subject));
  }
}
