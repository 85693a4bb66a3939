import "server-only";
import type { QueryFilter, Types } from "mongoose";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { addressKey } from "@/lib/mail/address";
import type { DeliveryReport, ParsedMail } from "@/lib/mail/parsed-mail";
import { isByMailSystem } from "@/lib/mail/mail-system";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { ADDRESS_COLLATION } from "@/models/address-collation";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread } from "@/models/EmailThreadModel";
import { ThreadAlias } from "@/models/ThreadAliasModel";
import type { LeasedRow } from "./filing";
import { storedAliases, withPlainDomain } from "./thread-match";

/** The reply that a delivery report is about, and whether the report may change anything. */
export type Reported = {
  reply: Pick<StoredMessage, "_id" | "threadId" | "to" | "cc">;
  /** False if anybody could have written the report: it did not come as mail servers send them. */
  isProven: boolean;
};

type Parsed = { row: Pick<LeasedRow, "envelopeFrom" | "receivedAt">; desk: DeskAddresses; mail: ParsedMail };

/**
 * Finds the reply that a delivery report is about: by any Message-ID of ours that it names; if it names no mail at all,
 * and is proven, the newest reply of the last days to a recipient whom it names. Null if the mail is no report or is
 * about no reply of ours.
 */
export async function findReportedReply({ row, desk, mail }: Parsed): Promise<Reported | null> {
  const { report } = mail;
  if (!report) return null;
  const isProven = isFromMailServer(row.envelopeFrom, mail);
  const reply =
    (await findByIds(desk, report.messageIds)) ??
    (isProven && !report.namesMail ? await findByRecipients(report, row.receivedAt) : null);
  return reply && { reply, isProven };
}

/** The reply that a mail reacts to, with the reaction; null if it is no reaction, or to no reply of ours. */
export async function findReaction({
  desk,
  mail,
}: Pick<Parsed, "desk" | "mail">): Promise<NonNullable<StoredMessage["reaction"]> | null> {
  const { reaction, head } = mail;
  if (reaction === null) return null;
  const reply = await findByIds(desk, [...head.inReplyTo, ...head.references.toReversed()]);
  return reply && { emoji: reaction, replyId: reply._id };
}

/**
 * A mail server sends its reports with an empty envelope sender. A mail that was posted without its envelope, and whose
 * Return-Path nobody wrote down, counts if its From is a mail server's.
 */
function isFromMailServer(envelopeFrom: string | null, { head }: ParsedMail): boolean {
  if (envelopeFrom !== null) return envelopeFrom === "";
  const { returnPath } = head.signals;
  if (returnPath !== null) return returnPath === "<>";
  return isByMailSystem(head);
}

const REPLY_FIELDS = { threadId: 1, rfcMessageId: 1, to: 1, cc: 1 } as const;
type Found = Pick<StoredMessage, "_id" | keyof typeof REPLY_FIELDS>;

async function findByIds(desk: DeskAddresses, ids: string[]): Promise<Found | null> {
  if (ids.length === 0) return null;
  const forms = ids.flatMap((id) => [id, withPlainDomain(id)]);
  const aliases = ids.flatMap((id) => storedAliases(desk, id));
  const rows = await ThreadAlias.find({ _id: trusted({ $in: aliases }) }).lean();
  if (rows.length === 0) return null;
  const found = await EmailMessage.find(
    {
      threadId: trusted({ $in: rows.map(({ threadId }) => threadId) }),
      direction: "outbound",
      rfcMessageId: trusted({ $in: forms.map((id) => `<${id}>`) }),
    },
    REPLY_FIELDS,
  )
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Found[]>();
  const rank = ({ rfcMessageId }: Found) => forms.findIndex((id) => `<${id}>` === rfcMessageId);
  return found.sort((a, b) => rank(a) - rank(b))[0] ?? null;
}

/** Mail servers give up after five days; a report without an id is about nothing older, in milliseconds. */
const RECENT_MS = 7 * 24 * 3_600_000;
/** Newest tickets of a recipient in which the reply is looked for. */
const TICKETS_MAX = 20;

async function findByRecipients({ recipients }: DeliveryReport, receivedAt: Date): Promise<Found | null> {
  const addresses = recipients.map(({ address }) => address).filter((address) => address !== "");
  if (addresses.length === 0) return null;
  const is = trusted({ $in: addresses });
  const threads = await EmailThread.find({ $or: [{ from: is }, { "participants.address": is }] }, { _id: 1 })
    .collation(ADDRESS_COLLATION)
    .sort({ lastMessageAt: -1 })
    .limit(TICKETS_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<{ _id: Types.ObjectId }[]>();
  const sent = await EmailMessage.find(
    {
      threadId: trusted({ $in: threads.map(({ _id }) => _id) }),
      direction: "outbound",
      state: trusted({ $in: ["sending", "sent", "unconfirmed"] }),
      at: trusted({ $gt: new Date(receivedAt.getTime() - RECENT_MS), $lte: receivedAt }),
    } as QueryFilter<StoredMessage>,
    REPLY_FIELDS,
  )
    .sort({ at: -1, _id: -1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Found[]>();
  const keys = new Set(addresses.map(addressKey));
  return sent.find(({ to, cc }) => [...to, ...cc].some((address) => keys.has(addressKey(address)))) ?? null;
}
