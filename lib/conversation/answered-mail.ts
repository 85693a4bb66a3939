import "server-only";
import type { QueryFilter, Types } from "mongoose";
import { QUERY_TIME_MAX_MS, trusted } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";

/** Mails of a thread that an answer's headers may name. */
const MAILS_NAMED_MAX = 30;

type Head = Pick<StoredMessage, "_id" | "rfcMessageId" | "references" | "subject">;
const HEAD_FIELDS = "rfcMessageId references subject";

/** The newest mails of a thread, oldest first, without replies that were undone; heads only, no text. */
export async function recentMails(threadId: Types.ObjectId): Promise<Head[]> {
  const written = {
    threadId,
    direction: trusted({ $ne: "notice" }),
    state: trusted({ $ne: "cancelled" }),
  } as QueryFilter<StoredMessage>;
  const newest = await EmailMessage.find(written, HEAD_FIELDS)
    .sort({ at: -1, _id: -1 })
    .limit(MAILS_NAMED_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Head[]>();
  return newest.reverse();
}

/**
 * The newest mail of somebody outside, which a reply answers and takes its subject from: one of a stranger only if there is
 * no other, and an automatic one only if there is none of a person.
 */
export async function answeredMail(threadId: Types.ObjectId): Promise<Head | null> {
  const received = { threadId, direction: "inbound", authorId: null } as const;
  const written = { ...received, automatic: false };
  return (
    (await newestOf({ ...written, isNewcomer: trusted({ $ne: true }) })) ??
    (await newestOf(written)) ??
    newestOf(received)
  );
}

async function newestOf(filter: QueryFilter<StoredMessage>): Promise<Head | null> {
  return EmailMessage.findOne(filter, HEAD_FIELDS)
    .sort({ at: -1, _id: -1 })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Head>();
}
