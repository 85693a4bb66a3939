import "server-only";
import { makeZip } from "client-zip";
import mongoose, { type Types } from "mongoose";
import type { PrivacyCounts } from "@/lib/api/vocabulary";
import { openRawMail } from "@/lib/inbound/ledger";
import { cleanFilename } from "@/lib/mail/clean-text";
import { openFile } from "@/lib/store/file-store";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { isIn, isOf, isOwn, mailsOf, messagesOf, rowsOfMessages, threadsOf, type Customer } from "./customer";

type Entry = {
  name: string;
  lastModified?: Date;
  input: string | Uint8Array | AsyncIterable<string | Uint8Array>;
};

/**
 * The customer's data as a zip archive: for each ticket its facts and messages as JSON, the raw mails and the files. It is
 * read while it is sent, one message or piece of a file at a time, so its size does not matter. If the database goes
 * away meanwhile, the stream breaks and the archive stays without its end.
 */
export function exportCustomer(customer: Customer, counts: PrivacyCounts, now = new Date()): ReadableStream {
  return endedQuietly(makeZip(entriesOf(customer, counts, now)));
}

/** The same stream; a reader who leaves ends it. client-zip would reject the cancellation with the reader's own reason. */
function endedQuietly(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason).catch(() => {}),
  });
}

async function* entriesOf(customer: Customer, counts: PrivacyCounts, now: Date): AsyncGenerator<Entry> {
  const about = { address: customer.address, exportedAt: now.toISOString(), ...counts };
  yield { name: "customer.json", lastModified: now, input: toJson(about) };
  for (const threadId of await ticketsOf(customer, now)) yield* ticketEntries(customer, threadId, now);
  for await (const { _id, messageId, receivedAt } of mailsOf(customer, { before: now })) {
    if (messageId === null) yield* rawEntry(`mails-without-ticket`, _id, receivedAt);
  }
}

async function ticketsOf(customer: Customer, before: Date): Promise<Types.ObjectId[]> {
  const ids = new Map<string, Types.ObjectId>();
  for await (const { threadId } of messagesOf(customer, { before }))
    ids.set(threadId.toHexString(), threadId);
  for await (const { _id } of threadsOf(customer, { before })) ids.set(_id.toHexString(), _id);
  return [...ids.values()];
}

async function* ticketEntries(
  customer: Customer,
  threadId: Types.ObjectId,
  now: Date,
): AsyncGenerator<Entry> {
  const folder = `tickets/${threadId.toHexString()}`;
  const thread = await EmailThread.findById(threadId, "-history").lean<StoredThread>();
  if (thread && isIn(customer, thread)) {
    yield { name: `${folder}/ticket.json`, lastModified: now, input: toJson(ticketOf(customer, thread)) };
  }
  yield { name: `${folder}/messages.json`, lastModified: now, input: messagesJson(customer, threadId, now) };
  for await (const message of ownMessages(customer, threadId, now)) {
    for (const { _id, receivedAt, rawRemovedAt } of await rowsOfMessages([message])) {
      if (!rawRemovedAt) yield* rawEntry(`${folder}/mails`, _id, receivedAt);
    }
    for (const [index, { filename, contentType, fileId }] of message.attachments.entries()) {
      const name = cleanFilename(filename, contentType, index + 1);
      yield {
        name: `${folder}/files/${message._id.slice(0, 12)}-${index + 1}-${name}`,
        lastModified: now,
        input: whileStored(openFile("attachments", fileId)),
      };
    }
  }
}

async function* ownMessages(customer: Customer, threadId: Types.ObjectId, before: Date) {
  for await (const message of messagesOf(customer, { before, threadId })) {
    if (isOwn(customer, message)) yield message;
  }
}

async function* messagesJson(
  customer: Customer,
  threadId: Types.ObjectId,
  now: Date,
): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const { _id } of ownMessages(customer, threadId, now)) {
    const message = await EmailMessage.findById(_id).lean<StoredMessage>();
    if (!message) continue;
    yield separator + toJson(messageOf(message));
    separator = ",\n";
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

async function* rawEntry(folder: string, ledgerId: string, receivedAt: Date): AsyncGenerator<Entry> {
  const raw = await openRawMail(ledgerId);
  if (!raw) return;
  yield { name: `${folder}/${ledgerId.slice(0, 24)}.eml`, lastModified: receivedAt, input: whileStored(raw) };
}

/** The file's pieces; a sentence if the file has been removed since its row was read. */
async function* whileStored(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array | string> {
  let isBegun = false;
  try {
    for await (const piece of pieces) {
      isBegun = true;
      yield piece;
    }
  } catch (error) {
    if (isBegun || !(error instanceof mongoose.mongo.MongoRuntimeError)) throw error;
    yield "This file is no longer stored.\n";
  }
}

/** The facts of a ticket that the customer is in. Its other people are whom the customer's mails go to as well. */
function ticketOf(customer: Customer, thread: StoredThread) {
  const { _id, subject, from, fromName, to, status, receivedAt, lastMessageAt, resolvedAt } = thread;
  const own = { _id, subject, to, status, receivedAt, lastMessageAt, resolvedAt };
  return {
    ...own,
    ...(isOf(customer, from) ? { from, fromName } : {}),
    participants: (thread.participants ?? []).map(({ address, name, role, at }) => ({
      address,
      name,
      role,
      at,
    })),
  };
}

function messageOf(message: StoredMessage) {
  const { _id, direction, automatic, rfcMessageId, from, fromName, replyTo, to, cc, subject, at, sentAt } =
    message;
  const { state, text, html, attachments, emptiedAt, notice, reaction } = message;
  const files = attachments.map(({ filename, contentType, sizeBytes }) => ({
    filename,
    contentType,
    sizeBytes,
  }));
  return {
    ...{ _id, direction, automatic, rfcMessageId, from, fromName, replyTo, to, cc, subject, at, sentAt },
    ...{ state, text, html, attachments: files, textRemovedAt: emptiedAt },
    ...(notice ? { notice } : {}),
    ...(reaction ? { reaction } : {}),
  };
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
