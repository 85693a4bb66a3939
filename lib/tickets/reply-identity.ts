import "server-only";
import { Types, type QueryFilter } from "mongoose";
import { readClock } from "@/lib/store/clock";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredThread } from "@/models/EmailThreadModel";
import type { ThreadId } from "@/lib/api/contracts";
import { TicketEvent, type StoredTicketEvent } from "@/models/TicketEventModel";
import { sha256 } from "@/lib/hash";
import type { ReplyInput } from "./reply-draft";
import type { HistoryKind, TeamMember, TicketMessage } from "@/lib/api/vocabulary";
import { withOffers } from "./present";
import { ANSWER_MAX_BYTES, readMessages } from "./shown-messages";

/** Lines whose author had the ticket on the screen; their `sawMessageId` is the newest message at that time. */
const LOOKS: HistoryKind[] = ["claimed", "replied", "status_changed", "seen"];

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
  const answers = given !== undefined ? given : await firstId(byOthers(thread, member), -1);
  const key = request.key ?? sha256([member.id, answers, request.text]);
  return {
    messageId: sha256([request.threadId, member.id, key]),
    seen: given !== undefined ? given : await lastLook(thread, member),
  };
}

/** Messages that somebody else wrote: no notices and no automatic mail. */
function byOthers({ _id: threadId }: StoredThread, member: TeamMember): Filter {
  return { threadId, automatic: false, authorId: trusted({ $ne: member.id }) } as Filter;
}

/**
 * The newest message at the time when `member` last claimed, replied, set the status or marked it as seen here; null if
 * there was none. A member's own reply counts too, so this differs from the newest message only if somebody else has
 * written since. A member who did none of these counts as having read the opening mail.
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

/** `lastLook` for a thread of which only the id is known; of its history the newest such line alone is read. */
export async function readLastLook(threadId: ThreadId, member: TeamMember): Promise<string | null> {
  const isLook = {
    $and: [{ $eq: ["$$line.by.id", { $literal: member.id }] }, { $in: ["$$line.kind", LOOKS] }],
  };
  const looks = { $filter: { input: { $ifNull: ["$history", []] }, as: "line", cond: isLook } };
  const [thread] = await EmailThread.aggregate<StoredThread>([
    { $match: { _id: new Types.ObjectId(threadId) } },
    { $project: { lastMessageId: 1, history: { $slice: [looks, -1] } } },
  ])
    .read("primary")
    .readConcern("majority")
    .option({ maxTimeMS: QUERY_TIME_MAX_MS });
  return thread ? lastLook(thread, member) : null;
}

/** The id of the first matching message: the oldest, or with -1 the newest. */
async function firstId(filter: Filter, direction: 1 | -1): Promise<string | null> {
  const first = await EmailMessage.findOne(filter, { _id: 1 })
    .sort({ at: direction, _id: direction })
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "_id">>();
  return first?._id ?? null;
}

/** For how long the same text again counts as an accident, in milliseconds. */
const SAME_TEXT_MS = 60_000;
/** More replies of one member in that time are not compared. */
const LATELY_MAX = 20;

/**
 * The reply that `member` sent with the same text to the same message within the last minute; null if there is none. Only
 * for a caller that names neither that reply (`messageId` is another one) nor any message as seen: then nobody can tell a
 * second reply from the first one sent again.
 */
export async function findSameText(
  request: ReplyInput,
  { messageId }: ReplyIdentity,
  thread: StoredThread,
  member: TeamMember,
): Promise<Pick<StoredMessage, "_id" | "at"> | null> {
  if (request.lastSeenMessageId !== undefined) return null;
  const { _id: threadId } = thread;
  const since = new Date((await readClock("$$NOW")).getTime() - SAME_TEXT_MS);
  const lately = await EmailMessage.find(
    {
      threadId,
      at: trusted({ $gt: since }),
      authorId: member.id,
      direction: "outbound",
      state: trusted({ $ne: "cancelled" }),
    } as Filter,
    { at: 1, text: 1 },
  )
    .sort({ at: -1, _id: -1 })
    .limit(LATELY_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<Pick<StoredMessage, "_id" | "at" | "text">[]>();
  const text = wordsOf(request.text);
  const sent = lately.find((reply) => wordsOf(reply.text) === text);
  if (!sent || sent._id === messageId) return null;
  const later = { ...byOthers(thread, member), at: trusted({ $gt: sent.at }) } as Filter;
  return (await EmailMessage.exists(later)) ? null : sent;
}

/** The text as people compare it: white space differs when it is pasted or sent from another program. */
function wordsOf(text: string): string {
  return text.normalize("NFC").replace(/\s+/g, " ").trim();
}

/** Bytes of an answer besides its messages. */
const REST_BYTES = 10_000;

/**
 * The newest messages and notices after `seen`, oldest first, as many as one answer may have; the last few if `seen` is not a
 * message of the thread.
 */
export async function messagesAfter(
  seen: string | null,
  thread: Pick<StoredThread, "_id" | "from" | "lastMessageId">,
): Promise<TicketMessage[]> {
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
  const reports = [{ notice: trusted({ $exists: true }) }, { direction: "notice" }];
  const counting = { $or: [{ automatic: false }, ...reports] };
  const { messages } = await readMessages({ threadId, $and: [counting, after ?? {}] } as Filter, {
    countMax: after ? SHOWN_MAX : SHOWN_UNKNOWN,
    bytesMax: ANSWER_MAX_BYTES - REST_BYTES,
  });
  return withOffers(messages, thread);
}
