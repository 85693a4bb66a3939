import { createHash, randomUUID } from "node:crypto";
import { Types } from "mongoose";
import { destinationId } from "@/lib/cards/destination";
import { receiveMail } from "@/lib/inbound/ledger";
import { parseWebhookUrl } from "@/lib/webhook-url";
import { Card } from "@/models/CardModel";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail } from "@/models/InboundEmailModel";
import { Setting } from "@/models/SettingModel";
import { DISCORD_MS, MAIL_SERVER_MS, type Peers } from "./start-peers";

export type QueueCase = {
  name: string;
  row: string;
  /** What the work on a row waits for. */
  waitsFor: string;
  /** Whether more workers should be faster: the work waits for others, who serve several at once. */
  isGoal: boolean;
  /** Whether the workers have a Discord webhook. */
  hasCards: boolean;
  /** How often a worker looks for due rows by itself; only then do all of them work. In milliseconds. */
  sweepMs: number;
  /** More than the workers can do while they are measured. */
  rows: number;
  /** Stores rows that are not due yet. */
  fill: (count: number) => Promise<void>;
  /** Makes the rows that are left due at `at`. */
  makeDue: (at: Date) => Promise<unknown>;
  left: () => Promise<number>;
};

const MEMBER = { id: "user_bench_1", email: "member1@team.example", name: "Member 1" };
/** Rows that are due then are left alone. */
export const LATER = new Date("2100-01-01");
const DAY_MS = 24 * 60 * 60_000;

/** The queues, in the order of a mail's way through the desk. */
export function queueCases({ webhookUrl }: Peers): QueueCase[] {
  const destination = destinationId(parseWebhookUrl(webhookUrl)?.id ?? "");
  return [
    {
      name: "ingest",
      row: "a mail of 2 KB, parsed and filed as a new ticket",
      waitsFor: "its own parsing and the database",
      ...{ isGoal: false, hasCards: false, sweepMs: 1_000, rows: 1_500 },
      fill: (count) => inParallel(count, receive),
      makeDue: (dueAt) => InboundEmail.collection.updateMany({ state: "received" }, { $set: { dueAt } }),
      left: () => InboundEmail.collection.countDocuments({ state: "received" }),
    },
    {
      name: "delivery",
      row: "a reply, handed to the mail server",
      waitsFor: `the mail server (${MAIL_SERVER_MS} ms for each mail)`,
      ...{ isGoal: true, hasCards: false, sweepMs: 1_000, rows: 2_500 },
      fill: async (count) => {
        const threads = await storeThreads(count, () => held());
        await storeMessages(threads.map((thread) => reply(thread)));
      },
      makeDue: (dueAt) => EmailMessage.collection.updateMany({ state: "queued" }, { $set: { dueAt } }),
      left: () => EmailMessage.collection.countDocuments({ state: { $in: ["queued", "sending"] } }),
    },
    {
      name: "history",
      row: "a ticket with one new line",
      waitsFor: "the database",
      ...{ isGoal: false, hasCards: false, sweepMs: 2_000, rows: 20_000 },
      fill: async (count) => void (await storeThreads(count, () => ({ ...held(), eventsDueAt: LATER }))),
      makeDue: (eventsDueAt) =>
        EmailThread.collection.updateMany({ eventsDueAt: { $type: "date" } }, { $set: { eventsDueAt } }),
      left: () => EmailThread.collection.countDocuments({ eventsDueAt: { $type: "date" } }),
    },
    {
      name: "retention",
      row: "a resolved ticket whose two mails are emptied, in a transaction",
      waitsFor: "the database",
      ...{ isGoal: false, hasCards: false, sweepMs: 10_000, rows: 6_000 },
      fill: async (count) => {
        const resolvedAt = new Date(Date.now() - 60 * DAY_MS);
        const threads = await storeThreads(count, () => ({ ...held(), status: "resolved", resolvedAt }));
        await storeMessages(threads.flatMap((thread) => [mail(thread), mail(thread)]));
      },
      makeDue: (at) => {
        const retention = { rawMailDays: null, closedBodiesDays: at < LATER ? 30 : null };
        return Setting.updateOne(
          { _id: "team" },
          { retention, revision: 1, op: randomUUID() },
          { upsert: true },
        );
      },
      left: () => EmailThread.collection.countDocuments({ bodiesRemovedAt: null }),
    },
    {
      name: "card marks",
      row: "a changed ticket whose card becomes due",
      waitsFor: "the database",
      ...{ isGoal: false, hasCards: true, sweepMs: 1_000, rows: 8_000 },
      fill: async (count) => {
        const threads = await storeThreads(count, () => ({ ...held(), cardsDueAt: LATER }));
        await storeCards(threads, destination, { state: "live", messageId: "1", channelId: "1" });
      },
      makeDue: (cardsDueAt) =>
        EmailThread.collection.updateMany({ cardsDueAt: { $type: "date" } }, { $set: { cardsDueAt } }),
      left: () => EmailThread.collection.countDocuments({ cardsDueAt: { $type: "date" } }),
    },
    {
      name: "cards",
      row: "a first post in the channel",
      waitsFor: `Discord (${DISCORD_MS} ms for each request, one at a time for each webhook)`,
      ...{ isGoal: false, hasCards: true, sweepMs: 1_000, rows: 600 },
      fill: async (count) => {
        const threads = await storeThreads(count, held);
        await storeCards(threads, destination, { state: "new", dueAt: LATER });
      },
      makeDue: (dueAt) => Card.collection.updateMany({ dueAt: { $ne: null } }, { $set: { dueAt } }),
      left: () => Card.collection.countDocuments({ state: { $ne: "live" } }),
    },
  ];
}

async function inParallel(count: number, make: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const loop = async () => {
    while (next < count) await make(next++);
  };
  await Promise.all(Array.from({ length: 16 }, loop));
}

/** A mail in the ledger, due much later. */
function receive(index: number): Promise<unknown> {
  const raw = [
    `From: Customer ${index} <customer${index}@customers.example>`,
    "To: support@desk.example",
    `Subject: Question number ${index} about the invoice`,
    `Message-ID: <${randomUUID()}@customers.example>`,
    `Date: ${new Date().toUTCString()}`,
    'Content-Type: text/plain; charset="utf-8"',
    "",
    "Hello, I have a question about the invoice of last month.\r\n".repeat(30),
  ].join("\r\n");
  const envelope = { from: `customer${index}@customers.example`, to: ["support@desk.example"] };
  return receiveMail({ raw: Buffer.from(raw), envelope, source: "smtp" }, LATER);
}

type Thread = StoredThread & { from: string };

/** A ticket that a member holds, with the line of their claim. */
function held(): Partial<StoredThread> {
  const at = new Date();
  return {
    status: "in_progress",
    assignedTo: MEMBER.id,
    assignedToEmail: MEMBER.email,
    assignedToName: MEMBER.name,
    claimedAt: at,
    revision: 2,
    history: [
      { op: randomUUID(), kind: "claimed", at, revision: 2, by: MEMBER, assignee: MEMBER, claimedAt: at },
    ],
  };
}

async function storeThreads(count: number, make: () => Partial<StoredThread>): Promise<Thread[]> {
  const at = new Date();
  const threads = Array.from({ length: count }, (_, index): Thread => ({
    _id: new Types.ObjectId(),
    inbox: "support@desk.example",
    to: "support@desk.example",
    from: `customer${index}@customers.example`,
    fromName: `Customer ${index}`,
    subject: `Question number ${index} about the invoice`,
    excerpt: "Hello, I have a question about the invoice of last month.",
    ...{ receivedAt: at, lastMessageAt: at, lastInboundAt: at, messageCount: 1 },
    ...make(),
  }));
  await EmailThread.collection.insertMany(threads, { ordered: false });
  return threads;
}

function mail({ _id, from, subject = "" }: Thread): Partial<StoredMessage> {
  const text = "Hello, I have a question about the invoice of last month.\n".repeat(30);
  return {
    ...{ _id: newId(), threadId: _id, direction: "inbound", from, subject, text, visibleText: text },
    ...{ to: ["support@desk.example"], rfcMessageId: `<${randomUUID()}@customers.example>`, at: new Date() },
  };
}

function reply(thread: Thread): Partial<StoredMessage> {
  return {
    ...mail(thread),
    ...{
      direction: "outbound",
      from: "support@desk.example",
      to: [thread.from],
      dueAt: LATER,
      state: "queued",
    },
    ...{ authorId: MEMBER.id, authorEmail: MEMBER.email, authorName: MEMBER.name },
  };
}

async function storeMessages(messages: Partial<StoredMessage>[]): Promise<void> {
  await EmailMessage.insertMany(messages, { ordered: false });
}

async function storeCards(threads: Thread[], destination: string, fields: object): Promise<void> {
  const cards = threads.map(({ _id }) => ({
    _id: `${_id.toHexString()}:${destination}:0`,
    ...{ threadId: _id, destinationId: destination, gen: 0, wantedRevision: 2, ...fields },
  }));
  await Card.insertMany(cards, { ordered: false });
}

function newId(): string {
  return createHash("sha256").update(randomUUID()).digest("hex");
}
