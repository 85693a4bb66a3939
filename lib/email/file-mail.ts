import "server-only";
import { createHash } from "node:crypto";
import mongoose, { Types, type ClientSession } from "mongoose";
import { inTransaction, ours } from "@/lib/db";
import { ThreadId } from "@/lib/tickets/contracts";
import type { DeliveryState } from "@/lib/tickets/ticket";
import { changeThread, literal, NOBODY } from "@/lib/tickets/transition";
import { EmailMessage, type StoredAttachment, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { Member } from "@/models/MemberModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import { isAutomatic } from "./automatic";
import { cleanLine } from "./clean-text";
import { inboxName, isOwnAddress } from "./inbox";
import type { ParsedMail } from "./parse";
import { SANITIZER_VERSION } from "./sanitize-mail-html";
import { toAddress } from "./read-head";
import type { ThreadMatch } from "./thread-match";

const EXCERPT_MAX = 200;

/** A ledger row under our lease. */
export type LeasedRow = Omit<StoredInboundEmail, "raw"> & { leaseId: string };

export type Filing = {
  row: LeasedRow;
  mail: ParsedMail;
  /** The mail's Message-ID, or the one made up for it; normalised. */
  ownId: string;
  messageId: string;
  attachments: StoredAttachment[];
  match: ThreadMatch;
};

export type FilingOutcome = "filed" | "message_exists" | "alias_taken" | "lease_lost";

/** Aborts the transaction with an outcome the caller knows how to go on from. */
class Collision extends Error {
  constructor(readonly outcome: Exclude<FilingOutcome, "filed">) {
    super(outcome);
    this.name = "Collision";
  }
}

/** `_id` of an inbound message: the same mail twice is one, the same Message-ID on other content is another. */
export function inboundMessageId(inbox: string, ownId: string, contentHash: string): string {
  return createHash("sha256")
    .update(JSON.stringify([inbox, ownId, contentHash]))
    .digest("hex");
}

/** The thread a mail begins; always the same one for the same mail. */
export function firstThreadId(ledgerId: string): Types.ObjectId {
  return new Types.ObjectId(ledgerId.slice(0, 24));
}

/**
 * Makes a mail part of its ticket in one transaction: the message, the thread (a new one, or the existing one opened
 * again where the customer wrote to a ticket that waited or was resolved), its Message-IDs, and the ledger row, which
 * must still be under our lease. All of it or nothing. Safe to repeat: a mail that is in answers "message_exists".
 */
export async function fileMail(filing: Filing): Promise<FilingOutcome> {
  try {
    await inTransaction(async (session) => {
      await insertMessage(filing, session);
      await insertAliases(filing, session);
      await (filing.match.threadId ? extendThread(filing, session) : insertThread(filing, session));
      await noteBounce(filing, session);
      await markTicketed(filing, session);
    });
    return "filed";
  } catch (error) {
    if (error instanceof Collision) return error.outcome;
    throw error;
  }
}

export function threadIdOf({ match, row }: Pick<Filing, "match" | "row">): Types.ObjectId {
  return match.threadId ?? firstThreadId(row._id);
}

async function insertMessage(filing: Filing, session: ClientSession): Promise<void> {
  const { row, mail, ownId, messageId, attachments } = filing;
  const message: Partial<StoredMessage> = {
    _id: messageId,
    threadId: threadIdOf(filing),
    direction: "inbound",
    automatic: isAutomatic(mail, row.envelopeFrom),
    rfcMessageId: `<${ownId}>`,
    inReplyTo: mail.head.inReplyTo.map(bracketed)[0] ?? null,
    references: mail.head.references.map(bracketed),
    ...senderOf(filing),
    replyTo: mail.head.replyTo,
    to: mail.head.to,
    cc: mail.head.cc,
    subject: mail.head.subject,
    text: mail.text,
    visibleText: mail.visibleText,
    html: mail.html,
    sanitizerVersion: mail.html === null ? null : SANITIZER_VERSION,
    attachments,
    ledgerId: row._id,
    parseProblem: mail.parseProblem,
    dateHeader: mail.head.dateHeader,
    at: row.receivedAt,
  };
  await onDuplicate("message_exists", () => EmailMessage.create([message], { session }));
}

async function insertAliases({ match, row }: Filing, session: ClientSession): Promise<void> {
  const threadId = threadIdOf({ match, row });
  const aliases = match.freeAliases.map((_id) => ({ _id, threadId, at: row.receivedAt }));
  if (match.staleAliases.length > 0) {
    await ThreadAlias.deleteMany({ _id: ours({ $in: match.staleAliases }) }, { session });
  }
  if (aliases.length === 0) return;
  await onDuplicate("alias_taken", () => ThreadAlias.insertMany(aliases, { session }));
}

async function insertThread(filing: Filing, session: ClientSession): Promise<void> {
  const { row, mail, messageId } = filing;
  const now = new Date();
  await EmailThread.create(
    [
      {
        _id: firstThreadId(row._id),
        inbox: row.inbox,
        ...senderOf(filing),
        to: recipientOf(filing),
        subject: mail.head.subject,
        status: "open",
        receivedAt: row.receivedAt,
        lastMessageAt: row.receivedAt,
        lastInboundAt: row.receivedAt,
        lastMessageId: isAutomatic(mail, row.envelopeFrom) ? null : messageId,
        excerpt: excerptOf(mail),
        messageCount: 1,
        revision: 1,
        history: [{ op: messageId, kind: "received", at: now, revision: 1, by: null, messageId }],
        cardsDueAt: now,
        eventsDueAt: now,
      },
    ],
    { session },
  );
}

async function extendThread(filing: Filing, session: ClientSession): Promise<void> {
  const { row, mail, messageId } = filing;
  const id = threadIdOf(filing);
  if (isAutomatic(mail, row.envelopeFrom)) {
    // Silent: no line, no card, nothing reopened, and no reply held back.
    await EmailThread.updateOne({ _id: id }, { $inc: { messageCount: 1 } }, { session }).orFail();
    return;
  }
  const isFromCustomer = !isOwnAddress(senderOf(filing).from);
  const formerMember = isFromCustomer ? await findFormerAssignee(id, session) : null;
  const changed = await changeThread({
    threadId: ThreadId.parse(id.toHexString()),
    op: messageId,
    where: formerMember ? { assignedTo: formerMember } : {},
    set: {
      messageCount: { $add: [{ $ifNull: ["$messageCount", 0] }, 1] },
      lastMessageAt: { $max: ["$lastMessageAt", literal(row.receivedAt)] },
      lastMessageId: literal(messageId),
      ...(isFromCustomer ? reopened(row.receivedAt, excerptOf(mail)) : {}),
      ...(formerMember ? NOBODY : {}),
    },
    line: {
      kind: isFromCustomer ? "customer_replied" : "received",
      by: null,
      details: {
        messageId: literal(messageId),
        ...(isFromCustomer ? STATUS_CHANGE : {}),
        ...(formerMember ? { assignee: ASSIGNEE_BEFORE } : {}),
      },
    },
    session,
  });
  if (!changed) throw new Error("The thread was not as it had been read in the same transaction.");
}

const STATUS_BEFORE = { $ifNull: ["$status", "open"] };
const REOPENS = { $in: [STATUS_BEFORE, ["waiting", "resolved"]] };
const STATUS_CHANGE = {
  statusFrom: { $cond: [REOPENS, STATUS_BEFORE, null] },
  statusTo: { $cond: [REOPENS, "open", null] },
};
const ASSIGNEE_BEFORE = { id: "$assignedTo", email: "$assignedToEmail", name: "$assignedToName" };

function reopened(at: Date, excerpt: string) {
  return {
    status: { $cond: [REOPENS, "open", STATUS_BEFORE] },
    resolvedAt: { $cond: [REOPENS, null, { $ifNull: ["$resolvedAt", null] }] },
    lastInboundAt: { $max: ["$lastInboundAt", literal(at)] },
    excerpt: literal(excerpt),
  };
}

/** The assignee, where that is somebody who left the team: nobody would see the customer's mail. */
async function findFormerAssignee(threadId: Types.ObjectId, session: ClientSession): Promise<string | null> {
  const thread = await EmailThread.findById(threadId).select("assignedTo").session(session).lean();
  if (!thread?.assignedTo) return null;
  const former = await Member.exists({ _id: thread.assignedTo, removedAt: ours({ $ne: null }) }).session(
    session,
  );
  return former ? thread.assignedTo : null;
}

const RETURNABLE: DeliveryState[] = ["sent", "unconfirmed"];

/** Says at the reply that it came back; its state stays what our own mail server told us. */
async function noteBounce(filing: Filing, session: ClientSession): Promise<void> {
  const { bounce } = filing.mail;
  if (!bounce?.isPermanent || bounce.messageId === null) return;
  await EmailMessage.updateOne(
    {
      threadId: threadIdOf(filing),
      direction: "outbound",
      rfcMessageId: bracketed(bounce.messageId),
      state: ours({ $in: RETURNABLE }),
    },
    {
      $set: {
        lastError: `The customer's mail server returned this reply: ${bounce.detail || "no reason given"}`,
      },
    },
    { session },
  );
}

async function markTicketed(filing: Filing, session: ClientSession): Promise<void> {
  const { row, messageId } = filing;
  const marked = await InboundEmail.updateOne(
    { _id: row._id, state: "received", leaseId: row.leaseId },
    { $set: { ...DONE, state: "ticketed", threadId: threadIdOf(filing), messageId } },
    { session },
  );
  if (marked.matchedCount === 0) throw new Collision("lease_lost");
}

/** What every finished row has in common: nobody has to look at it again. */
export const DONE = { dueAt: null, leaseId: null, leaseUntil: null, error: null };

function senderOf({ row, mail }: Pick<Filing, "row" | "mail">): { from: string; fromName: string | null } {
  const sender = mail.head.senders[0];
  return {
    from: sender?.address ?? toAddress(row.envelopeFrom ?? ""),
    fromName: sender?.name ?? mail.head.fromName,
  };
}

/** The desk's own address; where none is configured, the address the mail was sent to. */
function recipientOf({ row, mail }: Filing): string {
  const inbox = inboxName();
  return inbox.includes("@") ? inbox : toAddress(row.envelopeTo[0] ?? "") || (mail.head.to[0] ?? inbox);
}

/** What a list and a card show of a mail, in one line. */
function excerptOf(mail: ParsedMail): string {
  const files = mail.attachments.map((attachment) => attachment.filename).join(", ");
  return (
    cleanLine(mail.visibleText.slice(0, 4 * EXCERPT_MAX), EXCERPT_MAX) ||
    (mail.parseProblem ?? cleanLine(files, EXCERPT_MAX))
  );
}

function bracketed(id: string): string {
  return `<${id}>`;
}

async function onDuplicate(outcome: Collision["outcome"], insert: () => Promise<unknown>): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError && error.code === 11000)
      throw new Collision(outcome);
    throw error;
  }
}
