import mongoose from "mongoose";
import { expect } from "vitest";
import { toCardFacts } from "@/lib/cards/facts";
import { renderCard, renderMovedCard } from "@/lib/discord/render";
import type { StoredCard } from "@/models/CardModel";
import type { StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { StoredInboundEmail } from "@/models/InboundEmailModel";
import type { StoredTicketEvent } from "@/models/TicketEventModel";
import { asStored } from "@/scripts/stand-ins/discord/messages";
import type { CrashDesk } from "./crash-desk";
import { sha256, type OutgoingMail } from "./crash-mails";

/** Everything the desk has stored, as plain rows. */
async function stored({ database }: CrashDesk) {
  const all = <Row extends object>(name: string) =>
    database.collection<Row>(name).find({}).toArray() as Promise<Row[]>; // a row is its document, whole
  return {
    ledger: await all<StoredInboundEmail>("inboundemails"),
    threads: await all<StoredThread>("emailthreads"),
    messages: await all<StoredMessage>("emailmessages"),
    events: await all<StoredTicketEvent>("ticketevents"),
    cards: await all<StoredCard>("cards"),
  };
}

/** Each mail that was taken is one message of its ticket, and there are no other messages and tickets. */
export async function expectEachMailOnce(desk: CrashDesk, mails: OutgoingMail[]): Promise<void> {
  const { ledger, threads, messages } = await stored(desk);
  const inbound = messages.filter(({ direction }) => direction === "inbound");
  expect(inbound.map(({ rfcMessageId }) => rfcMessageId).sort()).toEqual(
    mails.map(({ messageId }) => messageId).sort(),
  );
  const tickets = new Set(inbound.map(({ threadId }) => String(threadId)));
  expect(threads.map(({ _id }) => String(_id)).sort()).toEqual([...tickets].sort());
  expect(ledger.map(({ state, messageId }) => [state, messageId]).sort()).toEqual(
    inbound.map(({ _id }) => ["ticketed", _id]).sort(),
  );
  for (const thread of threads) {
    const own = messages.filter(({ threadId }) => threadId.equals(thread._id));
    expect(thread.messageCount).toBe(own.length);
  }
}

/** Every stored file is named by a message. */
export async function expectOnlyNamedFiles(desk: CrashDesk): Promise<void> {
  const { messages } = await stored(desk);
  const named = messages.flatMap(({ attachments }) =>
    (attachments ?? []).map(({ fileId }) => String(fileId)),
  );
  const files = await desk.database.collection("attachments.files").find({}).toArray();
  expect(files.map(({ _id }) => String(_id)).sort()).toEqual(named.sort());
  const chunks = await desk.database.collection("attachments.chunks").distinct("files_id");
  expect(chunks.map(String).filter((id) => !named.includes(id))).toEqual([]);
}

/** The raw mail and its files are stored byte for byte. */
export async function expectWholeMail(desk: CrashDesk, mail: OutgoingMail): Promise<void> {
  const { ledger, messages } = await stored(desk);
  const message = messages.find(({ rfcMessageId }) => rfcMessageId === mail.messageId);
  const files = (message?.attachments ?? []).map(({ fileId }) => fileHash(desk, "attachments", fileId));
  expect(await Promise.all(files)).toEqual(mail.attachments);

  const row = ledger.find(({ _id }) => _id === message?.ledgerId);
  const raw = row?.rawFileId
    ? await fileHash(desk, "raw", row.rawFileId)
    : sha256((row?.raw as unknown as mongoose.mongo.Binary).buffer); // what the driver gives for bytes
  expect(raw).toBe(sha256(mail.raw));
}

async function fileHash({ database }: CrashDesk, bucketName: string, id: mongoose.Types.ObjectId) {
  if (!database.db) throw new Error("The connection is closed.");
  const bucket = new mongoose.mongo.GridFSBucket(database.db, { bucketName });
  return sha256(Buffer.concat(await bucket.openDownloadStream(id).toArray()));
}

/** The lasting history has every change of every ticket once, the lines that the ticket itself keeps included. */
export async function expectWholeHistory(desk: CrashDesk): Promise<void> {
  const { threads, events } = await stored(desk);
  for (const thread of threads) {
    const own = events.filter(({ threadId }) => threadId.equals(thread._id));
    const revisions = own.map(({ revision }) => revision).sort((one, other) => one - other);
    expect(revisions).toEqual(Array.from({ length: thread.revision ?? 0 }, (_, index) => index + 1));
    const kinds = new Map(own.map(({ revision, kind }) => [revision, kind]));
    for (const { revision, kind } of thread.history ?? []) expect(kinds.get(revision)).toBe(kind);
  }
}

/**
 * The channel shows every ticket's card as the database has it. Only `uncertain` tickets, whose first post may have
 * arrived, have a second message, and their cards say so. Where a card moved away, one line is left. No rule of Discord
 * was broken.
 */
export async function expectTrueCards(desk: CrashDesk, uncertain: Map<string, number>): Promise<void> {
  const { threads, cards } = await stored(desk);
  expect(desk.discord.violations()).toEqual([]);
  expect(desk.discord.pings()).toEqual([]);
  const [moved, standing] = [
    cards.filter(({ state }) => state === "moved"),
    cards.filter(({ state }) => state !== "moved"),
  ];
  expect(standing).toHaveLength(threads.length);
  for (const { messageId, threadId } of moved) {
    const left = desk.discord.messages().find(({ id }) => id === messageId);
    expect(left?.content).toBe(renderMovedCard(String(threadId)).content);
  }
  for (const thread of threads) {
    const id = String(thread._id);
    const inChannel = desk.discord.messages().filter(({ content }) => content.includes(id));
    const card = standing.find(({ threadId }) => threadId.equals(thread._id));
    const shown = inChannel.find((message) => message.id === card?.messageId);
    const { content } = renderCard(toCardFacts(thread), { appUrl: desk.appUrl });
    expect(shown?.content).toBe(asStored(content));
    expect(inChannel).toHaveLength(uncertain.get(id) ?? 1);
    const doubt = uncertain.has(id) ? expect.stringContaining("may stand there twice") : null;
    expect({ of: id, doubt: card?.lastError }).toEqual({ of: id, doubt });
    if (uncertain.has(id)) expect(card?.uncertainPosts).toBe(1);
  }
}

/** The ticket's one reply as it is stored and shown, and how often the mail server took it. */
export async function replyOf(desk: CrashDesk, threadId: string, slug: string) {
  const { messages } = await stored(desk);
  const replies = messages.filter(
    (message) => message.direction === "outbound" && String(message.threadId) === threadId,
  );
  expect(replies).toHaveLength(1);
  const [row] = replies;
  const page = await desk.ask(slug, `/api/emails/tickets/${threadId}`);
  const shown = page.body.messages as { _id: string; state?: string }[]; // the contract of the route
  return {
    stored: row?.state,
    shown: shown.find(({ _id }) => _id === row?._id)?.state,
    attempts: row?.attempts,
    taken: desk.mail.mails().filter(({ messageId }) => messageId === row?.rfcMessageId).length,
  };
}

/** The outcome of the ticket's one reply, and the attention that the ticket needs because of it. */
export async function needsOf(desk: CrashDesk, threadId: string) {
  const { threads, messages } = await stored(desk);
  const thread = threads.find(({ _id }) => String(_id) === threadId);
  const own = messages.filter((message) => String(message.threadId) === threadId);
  const reply = own.find(({ direction }) => direction === "outbound");
  const told = own.filter(({ notice }) => notice?.replyId === reply?._id);
  return {
    status: thread?.status,
    attention: thread?.attention?.kind ?? null,
    isNewest: thread?.lastMessageId === (told.at(-1)?._id ?? reply?._id),
    notices: told.map(({ notice }) => notice?.kind),
    state: reply?.state,
  };
}

/** The ticket's one reply. */
export async function storedReplyOf(desk: CrashDesk, threadId: string): Promise<StoredMessage | undefined> {
  const { messages } = await stored(desk);
  return messages.find(
    (message) => message.direction === "outbound" && String(message.threadId) === threadId,
  );
}

/** Lines of that kind in the ticket's lasting history. */
export async function linesOf(desk: CrashDesk, threadId: string, kind: string): Promise<StoredTicketEvent[]> {
  const { events } = await stored(desk);
  return events.filter((event) => String(event.threadId) === threadId && event.kind === kind);
}
