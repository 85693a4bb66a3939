import "server-only";
import type { QueryFilter, Types } from "mongoose";
import { isPlainAddress } from "@/lib/mail/address";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { isOwnAddress } from "./inbox";

/** Mails of a thread that an answer's headers may name. */
const MAILS_NAMED_MAX = 30;

/** The newest mails of a thread, oldest first, without replies that were undone; heads only, no text. */
export async function recentMails(threadId: Types.ObjectId): Promise<StoredMessage[]> {
  const written = { threadId, state: trusted({ $ne: "cancelled" }) } as QueryFilter<StoredMessage>;
  const newest = await EmailMessage.find(written)
    .select({ direction: 1, automatic: 1, rfcMessageId: 1, references: 1, from: 1, replyTo: 1, subject: 1 })
    .sort({ at: -1, _id: -1 })
    .limit(MAILS_NAMED_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMessage[]>();
  return newest.reverse();
}

/** The customer's last mail, which a reply answers; an automatic one only if there is no other. */
export function answeredMail(mails: StoredMessage[]): StoredMessage | null {
  const received = mails.filter(({ direction, from }) => direction === "inbound" && !isOwnAddress(from));
  return received.findLast((mail) => !mail.automatic) ?? received.at(-1) ?? null;
}

/**
 * The address that a reply goes to: the Reply-To of the answered mail, else its sender, else the thread's sender. Null if
 * mail can be sent to none of them, or they are the desk's own.
 */
export function recipientOf(thread: { from?: string }, answered: StoredMessage | null): string | null {
  const candidates = [answered?.replyTo, answered?.from, thread.from];
  return candidates.find((address) => address && isPlainAddress(address) && !isOwnAddress(address)) ?? null;
}
