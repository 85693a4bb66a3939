import "server-only";
import type { ClientSession, QueryFilter, Types } from "mongoose";
import { ThreadId } from "@/lib/api/contracts";
import type { PrivacyCounts } from "@/lib/api/vocabulary";
import { cleanLine, cutToLength } from "@/lib/mail/clean-text";
import { trusted } from "@/lib/store/db";
import { ALL_SEEN } from "@/lib/tickets/attention-change";
import { changeThread, literal, newOperation, setStatus, STATUS_BEFORE } from "@/lib/tickets/transition";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import type { StoredErasure } from "@/models/ErasureModel";
import { TicketEvent } from "@/models/TicketEventModel";
import {
  HEAD_FIELDS,
  isOf,
  isOwn,
  messagesOf,
  rowsOfMessages,
  type Customer,
  type LedgerRow,
  type MessageHead,
} from "./customer";
import { eraseFromHistory, eraseNotes, peopleWithout } from "./erase-people";
import { discardFiles } from "./discard-files";
import { emptyNotices, NO_BODY, removeRaw } from "./retention";

/** Messages of one ticket that one batch empties. */
const BATCH = 25;
const EXCERPT_MAX = 200;

export type Erasing = { customer: Customer; before: Date; by: StoredErasure["by"] };

export const NOTHING: PrivacyCounts = { tickets: 0, messages: 0, attachments: 0, rawMails: 0 };

/**
 * Erases the customer from up to 25 messages of a ticket, with their ledger rows and files, and from the ticket itself
 * once no message names the customer any more. The rows stay, so that the same mail is still recognised. All of it
 * belongs to the session's transaction, which conflicts with a mail that joins the ticket meanwhile. Returns how much
 * was emptied.
 */
export async function eraseInTicket(
  threadId: Types.ObjectId,
  { customer, before, by }: Erasing,
  session: ClientSession,
): Promise<PrivacyCounts> {
  const found: MessageHead[] = [];
  for await (const message of messagesOf(customer, { before, threadId, session })) {
    if (message.state === "sending") continue; // the mail server has it; the next look is after its answer
    if (found.push(message) > BATCH) break;
  }
  const named = found.slice(0, BATCH).filter((message) => isOwn(customer, message));
  const own = [...named, ...(await reportsOn(named, session))];
  const others = found.slice(0, BATCH).filter((message) => !isOwn(customer, message));
  const rawMails = await emptyMessages(own, session);
  await Promise.all(others.map((message) => takeAddressOut(customer, message, session)));
  const isLast = found.length <= BATCH;
  const tickets = isLast && (await eraseThread(threadId, { customer, before, by }, session)) ? 1 : 0;
  const attachments = own.reduce((sum, { attachments }) => sum + attachments.length, 0);
  return { tickets, messages: own.length, attachments, rawMails };
}

/** The mails that report on these replies and name no recipient of their own. */
async function reportsOn(messages: MessageHead[], session: ClientSession): Promise<MessageHead[]> {
  const known = new Set(messages.map(({ _id }) => _id));
  const replies = messages.filter(({ direction }) => direction === "outbound");
  const filter = {
    threadId: trusted({ $in: replies.map(({ threadId }) => threadId) }),
    "notice.replyId": trusted({ $in: replies.map(({ _id }) => _id) }),
    erasedAt: null,
  } as QueryFilter<StoredMessage>;
  const reports = await EmailMessage.find(filter, HEAD_FIELDS, { session }).lean<MessageHead[]>();
  return reports.filter(({ _id }) => !known.has(_id));
}

async function emptyMessages(messages: MessageHead[], session: ClientSession): Promise<number> {
  if (messages.length === 0) return 0;
  const now = new Date();
  const ids = messages.map(({ _id }) => _id);
  const inbound = messages.filter(({ direction }) => direction === "inbound");
  await EmailMessage.updateMany(
    { _id: trusted({ $in: ids }) },
    {
      $set: {
        ...{ ...NO_BODY, textHash: null, from: "", fromName: null, replyTo: null, to: [], cc: [] },
        ...{ subject: "", inReplyTo: null, references: [], parseProblem: null, lastError: null },
        ...{ takenFor: [], undelivered: [], via: null, forwardedFrom: null },
        ...{ emptiedAt: now, erasedAt: now },
      },
    },
    { session },
  );
  await emptyNotices({ _id: trusted({ $in: ids }) }, session);
  // Our own Message-IDs stay: by them a reply of ours that comes back is still recognised.
  await EmailMessage.updateMany(
    { _id: trusted({ $in: inbound.map(({ _id }) => _id) }) },
    { $set: { rfcMessageId: null } },
    { session },
  );
  // There is nothing left that could be sent.
  const open = { _id: trusted({ $in: ids }), state: trusted({ $in: ["queued", "failed", "unconfirmed"] }) };
  await EmailMessage.updateMany(
    open as QueryFilter<StoredMessage>,
    { $set: { state: "cancelled", dueAt: null, dueSince: null, leaseId: null } },
    { session },
  );
  const files = messages.flatMap(({ attachments }) => attachments.map(({ fileId }) => fileId));
  await discardFiles("attachments", files, session);
  return emptyRows(await rowsOfMessages(inbound, session), session);
}

/** Empties ledger rows; returns how many raw mails that removed. */
export async function emptyRows(rows: LedgerRow[], session: ClientSession): Promise<number> {
  const now = new Date();
  const set = { rawRemovedAt: now, erasedAt: now, envelopeFrom: null, envelopeTo: [], peer: null };
  await removeRaw(rows, set, session);
  return rows.filter(({ rawRemovedAt }) => !rawRemovedAt).length;
}

async function takeAddressOut(
  customer: Customer,
  message: MessageHead,
  session: ClientSession,
): Promise<void> {
  const without = (addresses: string[]) => addresses.filter((address) => !isOf(customer, address));
  const { _id, to, cc, replyTo, from, via, notice } = message;
  const set = {
    to: without(to),
    cc: without(cc),
    replyTo: isOf(customer, replyTo) ? null : replyTo,
    from: isOf(customer, from) ? "" : from,
    ...(isOf(customer, via) ? { via: null } : {}),
  };
  const reported = notice?.recipients.map(({ address }) => address) ?? [];
  const gone = [...to, ...cc, ...reported].filter((address) => isOf(customer, address));
  const pull = {
    takenFor: { $in: gone },
    undelivered: { address: { $in: gone } },
    ...(notice ? { "notice.recipients": { address: { $in: gone } } } : {}),
  };
  // They may name the address.
  const words = { lastError: null, serverSaid: null, ...(notice ? { "notice.detail": "" } : {}) };
  const errors = gone.length > 0 ? words : {};
  await EmailMessage.updateOne({ _id }, { $set: { ...set, ...errors }, $pull: pull }, { session });
}

type Remaining = Pick<StoredMessage, "from" | "fromName" | "subject" | "visibleText">;

/** Erases the customer from the thread. False if an earlier batch of the same erasure has done so. */
async function eraseThread(
  threadId: Types.ObjectId,
  { customer, before, by }: Erasing,
  session: ClientSession,
): Promise<boolean> {
  const thread = await EmailThread.findById(threadId, null, { session }).lean<StoredThread>();
  if (!thread) return false;
  // A row that tells who declined the ticket has nobody's mail in it.
  const remaining = { threadId, erasedAt: null, declined: trusted({ $exists: false }) };
  const isEmpty = (await EmailMessage.exists(remaining).session(session)) === null;
  const isCustomers = isOf(customer, thread.from);
  const newest = isEmpty
    ? null
    : await EmailMessage.findOne({ ...remaining, direction: "inbound" }, REMAINING_FIELDS, { session })
        .sort({ automatic: 1, at: -1, _id: -1 })
        .lean<Remaining>();

  await changeThread({
    threadId: ThreadId.parse(threadId.toHexString()),
    op: newOperation(),
    where: {},
    set: {
      erasedBefore: literal(before),
      excerpt: literal(excerptOf(newest)),
      ...(isCustomers || isEmpty ? { subject: literal(newest?.subject ?? "") } : {}),
      ...peopleWithout(customer, thread, newest),
      ...(isEmpty ? NOBODY_LEFT : {}),
      ...(isEmpty ? WHOLLY_ERASED : {}),
    },
    line: {
      kind: "customer_erased",
      by,
      details: isEmpty ? { statusFrom: STATUS_BEFORE, statusTo: literal("resolved") } : {},
    },
    session,
  });
  await eraseFromHistory(threadId, customer, session);
  await eraseNotes(threadId, session);
  await erasePersons(threadId, customer, session);
  return thread.erasedBefore?.getTime() !== before.getTime();
}

/** Nobody can be answered any more, so the ticket is resolved; no retention is left to do. */
const WHOLLY_ERASED = {
  ...setStatus("resolved"),
  emptiedAt: "$$NOW",
  bodiesRemovedAt: "$$NOW",
  lastMessageId: null,
  ...ALL_SEEN,
  givenBackTo: "$$REMOVE",
  declined: "$$REMOVE",
  waitingSince: null,
};

const NOBODY_LEFT = { from: literal(""), fromName: literal(null) };

const REMAINING_FIELDS = "from fromName subject visibleText";

function excerptOf(newest: Remaining | null): string {
  const line = cleanLine((newest?.visibleText ?? "").slice(0, 4 * EXCERPT_MAX), 4 * EXCERPT_MAX);
  return line.length <= EXCERPT_MAX ? line : `${cutToLength(line, EXCERPT_MAX - 1)}…`;
}

const ERASED_PERSON = "Erased";

/** A member whose own address is the customer's: the history of the ticket keeps the id alone. */
async function erasePersons(
  threadId: Types.ObjectId,
  customer: Customer,
  session: ClientSession,
): Promise<void> {
  const thread = await EmailThread.findById(threadId, "history", { session }).lean<StoredThread>();
  const events = await TicketEvent.find({ threadId }, PERSON_FIELDS.join(" "), { session }).lean<Persons[]>();
  const persons = [...(thread?.history ?? []), ...events].flatMap((line: Persons) =>
    PERSON_FIELDS.map((field) => line[field]),
  );
  const emails = [...new Set(persons.flatMap((person) => person?.email ?? []))].filter((email) =>
    isOf(customer, email),
  );
  const erased = { email: "", name: ERASED_PERSON };
  for (const field of PERSON_FIELDS) {
    for (const email of emails) {
      await EmailThread.updateOne(
        { _id: threadId },
        {
          $set: {
            [`history.$[line].${field}.email`]: erased.email,
            [`history.$[line].${field}.name`]: erased.name,
          },
        },
        { session, arrayFilters: [{ [`line.${field}.email`]: email }] },
      );
      await TicketEvent.updateMany(
        { threadId, [`${field}.email`]: email },
        { $set: { [`${field}.email`]: erased.email, [`${field}.name`]: erased.name } },
        { session },
      );
    }
  }
}

const PERSON_FIELDS = ["by", "assignee", "formerAssignee"] as const;
type Persons = { [Field in (typeof PERSON_FIELDS)[number]]?: { email: string } | null };
