import "server-only";
import { domainToUnicode } from "node:url";
import type { ClientSession, QueryFilter, Types } from "mongoose";
import { sha256 } from "@/lib/hash";
import { toAddress } from "@/lib/mail/address";
import { trusted } from "@/lib/store/db";
import { ADDRESS_COLLATION } from "@/models/address-collation";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

/** One customer, who is one mail address in any spelling: upper or lower case, its domain in Unicode or in ASCII. */
export type Customer = {
  /** In lower case, its domain in ASCII. */
  address: string;
  /** Name of the customer in the log, the audit log and in ended jobs. */
  hash: string;
};

/** The customer with this address; null if `given` is not exactly one address. */
export function toCustomer(given: string): Customer | null {
  const address = comparable(given);
  return address === "" ? null : { address, hash: sha256(address) };
}

export function isOf({ address }: Customer, given: string | null | undefined): boolean {
  return given ? comparable(given) === address : false;
}

function comparable(address: string): string {
  return toAddress(address.normalize("NFC")).toLowerCase();
}

/** The spellings that differ in more than case, for a query under `ADDRESS_COLLATION`. */
export function spellingsOf({ address }: Customer): string[] {
  const at = address.lastIndexOf("@");
  const unicode = address.slice(0, at + 1) + domainToUnicode(address.slice(at + 1));
  return [...new Set([address, unicode])];
}

export type MessageHead = Pick<
  StoredMessage,
  | "_id"
  | "threadId"
  | "direction"
  | "from"
  | "via"
  | "replyTo"
  | "to"
  | "cc"
  | "forwardedFrom"
  | "notice"
  | "state"
  | "ledgerId"
  | "attachments"
>;
export const HEAD_FIELDS =
  "threadId direction from via replyTo to cc forwardedFrom notice.recipients state ledgerId attachments";

/**
 * Whether a message is the customer's: a mail from the customer (or to be answered to the customer, or forwarded by a
 * colleague), a report that a mail did not reach them, or a reply to nobody else. Other messages may only name the
 * customer's address.
 */
export function isOwn(customer: Customer, message: MessageHead): boolean {
  const { direction, from, replyTo, to, cc, forwardedFrom, notice } = message;
  if (direction === "inbound") {
    const reported = notice?.recipients ?? [];
    if (reported.length > 0) return reported.every(({ address }) => isOf(customer, address));
    return [from, replyTo, forwardedFrom?.address].some((address) => isOf(customer, address));
  }
  const recipients = [...to, ...cc];
  return recipients.length > 0 && recipients.every((address) => isOf(customer, address));
}

function isNamedIn(customer: Customer, message: MessageHead): boolean {
  const { from, replyTo, to, cc, forwardedFrom, notice } = message;
  const reported = notice?.recipients.map(({ address }) => address) ?? [];
  return [from, replyTo, ...to, ...cc, forwardedFrom?.address, ...reported].some((address) =>
    isOf(customer, address),
  );
}

type Range = { before: Date; threadId?: Types.ObjectId; session?: ClientSession };

/** Every message that names the customer and is not newer than `before`, without its texts. */
export async function* messagesOf(
  customer: Customer,
  { before, threadId, session }: Range,
): AsyncGenerator<MessageHead> {
  const is = trusted({ $in: spellingsOf(customer) });
  const filter = {
    ...(threadId ? { threadId } : {}),
    at: trusted({ $lte: before }),
    $or: [
      ...[{ from: is }, { replyTo: is }, { to: is }, { cc: is }],
      ...[{ "forwardedFrom.address": is }, { "notice.recipients.address": is }],
    ],
  } as QueryFilter<StoredMessage>;
  const cursor = EmailMessage.find(filter, HEAD_FIELDS, { session })
    .collation(ADDRESS_COLLATION)
    .lean<MessageHead[]>()
    .cursor();
  // The collation matches a few other addresses too.
  for await (const message of cursor) if (isNamedIn(customer, message)) yield message;
}

type ThreadHead = Pick<StoredThread, "_id" | "from" | "participants">;

/**
 * Every thread whose customer this is, or to which a member added them, as it was received before `before` and not erased
 * up to then.
 */
export async function* threadsOf(
  customer: Customer,
  { before }: Pick<Range, "before">,
): AsyncGenerator<ThreadHead> {
  const is = trusted({ $in: spellingsOf(customer) });
  const filter = {
    $or: [{ from: is }, { "participants.address": is }],
    receivedAt: trusted({ $not: { $gt: before } }), // also the oldest threads, which have no such field
    erasedBefore: trusted({ $not: { $gte: before } }),
  } as QueryFilter<StoredThread>;
  const cursor = EmailThread.find(filter, "from participants")
    .collation(ADDRESS_COLLATION)
    .lean<ThreadHead[]>()
    .cursor();
  for await (const thread of cursor) if (isIn(customer, thread)) yield thread;
}

/** True for the thread's customer and its other participants. */
export function isIn(customer: Customer, { from, participants = [] }: Omit<ThreadHead, "_id">): boolean {
  return [from, ...participants.map(({ address }) => address)].some((address) => isOf(customer, address));
}

export type LedgerRow = Pick<
  StoredInboundEmail,
  "_id" | "messageId" | "rawFileId" | "rawRemovedAt" | "receivedAt" | "envelopeFrom"
>;
const ROW_FIELDS = "messageId rawFileId rawRemovedAt receivedAt envelopeFrom";

/** Every settled mail of the ledger with the customer in its envelope, by `before`. */
export async function* mailsOf(
  customer: Customer,
  { before }: Pick<Range, "before">,
): AsyncGenerator<LedgerRow> {
  const filter = {
    envelopeFrom: trusted({ $in: spellingsOf(customer) }),
    receivedAt: trusted({ $lte: before }),
    state: trusted({ $ne: "received" }),
  } as QueryFilter<StoredInboundEmail>;
  const cursor = InboundEmail.find(filter, ROW_FIELDS)
    .collation(ADDRESS_COLLATION)
    .lean<LedgerRow[]>()
    .cursor();
  for await (const row of cursor) if (isOf(customer, row.envelopeFrom)) yield row;
}

/** Those of these rows that are still settled: a person may have retried one meanwhile. */
export async function stillSettled(rows: LedgerRow[], session: ClientSession): Promise<LedgerRow[]> {
  const ids = rows.map(({ _id }) => _id);
  const settled = { _id: trusted({ $in: ids }), state: trusted({ $ne: "received" }) };
  return InboundEmail.find(settled as QueryFilter<StoredInboundEmail>, ROW_FIELDS, { session }).lean<
    LedgerRow[]
  >();
}

/** The ledger rows of these messages: each one's own, and of copies that reached the same ticket. */
export async function rowsOfMessages(
  messages: Pick<StoredMessage, "_id" | "ledgerId">[],
  session?: ClientSession,
): Promise<LedgerRow[]> {
  if (messages.length === 0) return [];
  return InboundEmail.find(
    {
      $or: [
        { _id: trusted({ $in: messages.flatMap(({ ledgerId }) => ledgerId ?? []) }) },
        { state: "ticketed", messageId: trusted({ $in: messages.map(({ _id }) => _id) }) },
      ],
    },
    ROW_FIELDS,
    { session },
  ).lean<LedgerRow[]>();
}
