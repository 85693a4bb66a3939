import "server-only";
import type { ClientSession } from "mongoose";
import type { ThreadId } from "@/lib/api/contracts";
import type { HistoryKind, Notice } from "@/lib/api/vocabulary";
import { withAttention, withoutReply, type AttentionFields } from "@/lib/conversation/attention";
import { sha256 } from "@/lib/hash";
import { readClock } from "@/lib/store/clock";
import { trusted } from "@/lib/store/db";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { EmailThread, type StoredAttention, type StoredThread } from "@/models/EmailThreadModel";
import { releaseFormer } from "./former-assignee";
import {
  changeThread,
  literal,
  ONE_MORE_MESSAGE,
  STATUS_BEFORE,
  type Expression,
  type Line,
} from "./transition";

/** Fields of a thread after a person who has seen its newest message acted on it. Only for writes that check that. */
export const ALL_SEEN: Record<string, Expression> = {
  attention: null,
  openAttention: [],
  needsLookAt: "$$REMOVE",
};

const IS_CLOSED = { $in: [STATUS_BEFORE, ["waiting", "resolved"]] };

/** Fields that open a waiting or resolved ticket again, and what the line of history says of it. */
export const REOPENED: Record<string, Expression> = {
  status: { $cond: [IS_CLOSED, "open", STATUS_BEFORE] },
  resolvedAt: { $cond: [IS_CLOSED, null, { $ifNull: ["$resolvedAt", null] }] },
};
export const REOPENING: Record<string, Expression> = {
  statusFrom: { $cond: [IS_CLOSED, STATUS_BEFORE, null] },
  statusTo: { $cond: [IS_CLOSED, "open", null] },
};

/** The expressions that store these fields. */
export function attentionSet({ needsLookAt, ...fields }: AttentionFields): Record<string, Expression> {
  return {
    attention: literal(fields.attention),
    openAttention: literal(fields.openAttention),
    needsLookAt: needsLookAt ? literal(needsLookAt) : "$$REMOVE",
  };
}

/**
 * The fields of a thread, as the caller's transaction read it, with something more to see: open again, its newest message
 * is the row that says it, and `waitingSince` is set if the customer waits and did not before.
 */
export function raised(
  thread: StoredThread,
  attention: StoredAttention,
  waitingSince: Date | null = null,
): Record<string, Expression> {
  return {
    ...REOPENED,
    ...attentionSet(withAttention(thread, attention)),
    lastMessageId: literal(attention.messageId),
    ...(waitingSince ? { waitingSince: { $ifNull: ["$waitingSince", literal(waitingSince)] } } : {}),
  };
}

type Reply = Pick<StoredMessage, "_id" | "threadId" | "to" | "cc" | "at" | "answersSince">;
export const NOTICED_FIELDS = { threadId: 1, to: 1, cc: 1, at: 1, answersSince: 1 } as const;

type Noticed = Pick<Notice, "kind"> & Partial<Pick<Notice, "cause" | "recipients" | "detail">>;

type Filed = {
  /** Names the change; the same one again files nothing. */
  op: string;
  line: Pick<Line, "by"> & { kind: HistoryKind; details?: Record<string, Expression> };
  where?: Record<string, unknown>;
  session: ClientSession;
};

/**
 * Files a notice about a reply in its ticket, which needs somebody's look from then on: in the session's transaction, the
 * row, and the thread's attention and status. False, with nothing written, if `where` does not match the thread or it was
 * filed before.
 */
export async function fileNotice(
  reply: Reply,
  noticed: Noticed,
  { op, line, where = {}, session }: Filed,
): Promise<boolean> {
  const thread = await EmailThread.findById(reply.threadId, null, { session }).lean<StoredThread>();
  if (!thread || thread.emptiedAt) return false;
  const notice: Notice = {
    cause: null,
    recipients: [],
    detail: "",
    ...noticed,
    replyId: reply._id,
    isProven: true,
  };
  const messageId = sha256(["notice", thread._id.toHexString(), op]);
  const at = await readClock("$$NOW");
  const release = await releaseFormer(thread, session);
  const attention = { kind: notice.kind, at, messageId, replyId: reply._id, cause: notice.cause };
  const changed = await changeThread({
    threadId: thread._id.toHexString() as ThreadId,
    op,
    where: { ...release.where, ...where, emptiedAt: null },
    set: {
      ...release.set,
      ...raised(thread, attention, await waitsSince(reply, session)),
      lastMessageAt: literal(at),
      messageCount: ONE_MORE_MESSAGE,
    },
    line: {
      ...line,
      details: { ...line.details, ...REOPENING, ...release.details, messageId: literal(reply._id) },
    },
    session,
  });
  if (!changed) return false;
  const { _id: replyId, threadId, to, cc } = reply;
  const row = { _id: messageId, threadId, direction: "notice" as const, automatic: true, at, to, cc };
  await EmailMessage.create([{ ...row, notice: { ...notice, replyId } }], { session });
  return true;
}

/**
 * Since when the customer waits again if this reply did not reach them: null if they did not wait before it, or a later
 * reply went out.
 */
export async function waitsSince(
  { threadId, at, answersSince }: Reply,
  session: ClientSession,
): Promise<Date | null> {
  if (!answersSince) return null;
  const later = {
    threadId,
    direction: "outbound" as const,
    state: "sent" as const,
    at: trusted({ $gt: at }),
  };
  return (await EmailMessage.exists(later).session(session)) ? null : answersSince;
}

/**
 * The fields of a thread once this reply went out after all; null if they stay. A report about it is still to be seen. If
 * the customer waited because of it, they wait no more, or only since they wrote after it.
 */
export async function settledBySending(
  thread: StoredThread,
  reply: Reply,
  session: ClientSession,
): Promise<Record<string, Expression> | null> {
  const fields = withoutReply(thread, reply._id, { isDecided: false });
  const waits = thread.waitingSince && thread.waitingSince.getTime() === reply.answersSince?.getTime();
  if (!fields && !waits) return null;
  return {
    ...(fields ? attentionSet(fields) : {}),
    ...(waits ? { waitingSince: literal(await wroteAfter(reply, session)) } : {}),
  };
}

/** When somebody outside first wrote after this reply; null if nobody has. */
async function wroteAfter({ threadId, at }: Reply, session: ClientSession): Promise<Date | null> {
  const later = {
    threadId,
    at: trusted({ $gt: at }),
    // With a name, it bears a member's address, proven or not.
    ...{ direction: "inbound" as const, automatic: false, authorId: null, authorName: null },
  };
  const first = await EmailMessage.findOne(later, { at: 1 }, { session })
    .sort({ at: 1 })
    .lean<Pick<StoredMessage, "at">>();
  return first?.at ?? null;
}

/** The fields of a thread once a member sends this reply again, which came back; null if they stay. */
export function settledByMember(thread: StoredThread, replyId: string): Record<string, Expression> | null {
  const fields = withoutReply(thread, replyId, { isDecided: true });
  return fields && attentionSet(fields);
}
