import "server-only";
import { sha256 } from "@/lib/hash";
import { Types } from "mongoose";
import type { StoredAttachment, StoredMessage } from "@/models/EmailMessageModel";
import type { StoredInboundEmail } from "@/models/InboundEmailModel";
import type { DeskAddresses } from "@/lib/conversation/desk";
import { addressKey } from "@/lib/mail/address";
import type { ParsedMail } from "@/lib/mail/parse";
import type { SenderCheck } from "@/lib/mail/sender-check";
import type { Sending } from "./arrival";
import type { Reported } from "./reported-reply";
import type { ThreadMatch } from "./thread-match";

/** Fields of a ledger row that filing reads; never the mail itself. */
export const ROW_FIELDS = {
  inbox: 1,
  sizeBytes: 1,
  envelopeFrom: 1,
  envelopeTo: 1,
  peer: 1,
  source: 1,
  receivedAt: 1,
  storedFiles: 1,
  slowSender: 1,
} as const;
/** A ledger row that this worker leases. */
export type LeasedRow = Pick<StoredInboundEmail, "_id" | keyof typeof ROW_FIELDS> & {
  leaseId: string;
  /** By the database's clock. */
  leasedAt: Date;
};

export type Filing = {
  row: LeasedRow;
  desk: DeskAddresses;
  mail: ParsedMail;
  /** The mail's Message-ID, or one made for it; normalised. */
  ownId: string;
  messageId: string;
  attachments: StoredAttachment[];
  /** No person wrote it by hand, so it changes the ticket silently. */
  automatic: boolean;
  senderCheck: SenderCheck;
  sending: Sending;
  /** The reply that it reports on, if it is a delivery report. */
  reported: Reported | null;
  /** The reply that it reacts to, if it is nothing but a reaction. */
  reaction: NonNullable<StoredMessage["reaction"]> | null;
  match: ThreadMatch;
};

export type FilingOutcome = "filed" | "message_exists" | "alias_taken" | "thread_closed" | "lease_lost";

/** Thrown if the thread's customer has been erased since the mail was matched to it: the mail needs another thread. */
export class ThreadClosedError extends Error {
  constructor() {
    super("The thread takes no more mails.");
    this.name = "ThreadClosedError";
  }
}

/**
 * `_id` of an inbound message: the same mail twice is one message; the same Message-ID with other content, or to be
 * answered to somebody else, is not: some web forms use one Message-ID for everybody.
 */
export function inboundMessageId(
  inbox: string,
  ownId: string,
  {
    contentHash,
    head,
  }: Pick<ParsedMail, "contentHash"> & { head: Pick<ParsedMail["head"], "replyTo" | "original"> },
): string {
  const named = [...head.replyTo, ...(head.original ? [head.original] : [])].map(({ address }) => address);
  const content = named.length === 0 ? contentHash : sha256([contentHash, ...named.map(addressKey).sort()]);
  return sha256([inbox, ownId, content]);
}

/** The id of the thread that a mail starts; the same mail always gets the same id. */
export function firstThreadId(ledgerId: string): Types.ObjectId {
  return new Types.ObjectId(ledgerId.slice(0, 24));
}

export function threadIdOf({ match, row }: Pick<Filing, "match" | "row">): Types.ObjectId {
  return match.threadId ?? firstThreadId(row._id);
}

/** Fields of a row that is not due again. */
export const DONE = { dueAt: null, dueSince: null, leaseId: null, error: null, slowSender: null };
