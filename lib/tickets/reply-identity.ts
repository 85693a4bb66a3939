import "server-only";
import type { QueryFilter } from "mongoose";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { sha256 } from "@/lib/hash";
import type { ReplyInput } from "./reply-draft";
import type { HistoryKind, TeamMember, TicketMessage } from "@/lib/api/vocabulary";
import { withOffers } from "./present";
import { ANSWER_MAX_BYTES, readMessages } from "./shown-messages";

/** Lines whose author had the ticket on the screen; their `sawMessageId` is the newest message at that time. */
const LOOKS: HistoryKind[] = ["claimed", "replied", "status_changed"];

/** Most messages shown beside a held reply: if it is unknown what its author has read, and otherwise. */
const SHOWN_UNKNOWN = 5;
const SHOWN_MAX = 20;

type Filter = QueryFilter<StoredMessage>;

/** Which reply this is, and the newest message that its author has read (null: none). */
export type ReplyIdentity = { messageId: string; seen: string | null };

/**
 * Names the reply, so that the same reply sent twice is one row: by its idempotency key or, without one, by the message
 * it answers and its text. `seen` comes from the caller or, if the caller does not say, from `lastLook`.
 */
export async function identifyReply(
  request: ReplyInput,
  thread: StoredThread,
  member: TeamMember,
): Promise<ReplyIdentity> {
  const given = request.lastSeenMessageId;
  const byOthers = {
    threadId: thread._id,
    automatic: false,
    authorId: trusted({ $ne: member.id }),
  } as Filter;
  const answers = given !== undefined ? given : await firstId(byOthers, -1);
  const key = request.key ?? sha256([member.id, answers, request.text]);
  return {
    messageId: sha256([request.threadId, member.id, key]),
    seen: given !== undefined ? given : await lastLook(thread, member),
  };
}

/**
 * The newest message at the time when `member` last claimed, replied or set the status here; null if there was none.
 * A member's own reply counts too, so this differs from the newest message only if somebody else has written since. A
 * member who did none of these counts as having read the opening mail.
 */
export async function lastLook(thread: StoredThread, member: TeamMember): Promise<string | null> {
  const look =
    thread.history?.findLast((line) => line.by?.id === member.id && LOOKS.includes(line.kind)) ??
    (await TicketEvent.findOne({ threadId: thread._id, "by.id": member.id, kind: trusted({ $in: LOOKS }) })
      .sort({ revision: -1 })
      .maxTimeMS(QUERY_TIME_MAX_MS)
      .lean<StoredTicketEvent>());
  if (look) return look.sawMessageId ?? null;

  const newest = thread.lastMessageId ?? null;
  const others = { threadId: thread._id, automatic: false, _id: trusted({ $ne: newest }) } as Filter;
  return (await firstId(others, 1)) ?? newest;
}

/** The id of the first matching message: the oldest, or with -1 the newest. */
async function firstId(filter: Filter, direction: 1 | -1): Promise<string | null> {
  const first = await EmailMessage.findOne(filter, { _id: 1 })
    .sort({ at: direction, _id: direction })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "_id">>();
  return first?._id ?? null;
}

/** Bytes of an answer besides its messages. */
const REST_BYTES = 10_000;

/**
 * The newest messages after `seen`, oldest first, as many as one answer may have; the last few if `seen` is not a
 * message of the thread.
 */
export async function messagesAfter(seen: string | null, thread: StoredThread): Promise<TicketMessage[]> {
  const { _id: threadId, lastMessageId } = thread;
  const read =
    seen === null
      ? null
      : await EmailMessage.findOne({ _id: seen, threadId }, { at: 1 }).lean<
          Pick<StoredMessage, "_id" | "at">
        >();
  const after = read && {
    $or: [
      { at: trusted({ $gt: read.at }) },
      { at: read.at, _id: trusted({ $gt: read._id }) },
      { _id: lastMessageId ?? "" }, // also if the clock of its process ran behind
    ],
  };
  const { messages } = await readMessages({ threadId, automatic: false, ...after } as Filter, {
    countMax: after ? SHOWN_MAX : SHOWN_UNKNOWN,
    bytesMax: ANSWER_MAX_BYTES - REST_BYTES,
  });
  return withOffers(messages, thread);
}
