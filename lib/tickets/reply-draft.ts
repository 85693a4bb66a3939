import "server-only";
import { createHash, randomUUID } from "node:crypto";
import type { QueryFilter } from "mongoose";
import { trusted, QUERY_TIME_MAX_MS } from "@/lib/store/db";
import { isMessageId, isPlainAddress, replyReferences, replySubject } from "@/lib/mail/compose";
import { isOwnAddress } from "@/lib/conversation/inbox";
import { normaliseMessageId } from "@/lib/mail/message-id";
import { OUTBOUND_OFF_DETAIL, outboundSettings } from "@/lib/mail/outbound-settings";
import { env } from "@/lib/env";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { ThreadId } from "@/lib/api/contracts";
import type { TeamMember, TicketStatus } from "@/lib/api/vocabulary";

export type ReplyInput = {
  threadId: ThreadId;
  text: string;
  /** Names this reply; the same key again is the same reply. */
  key?: string | undefined;
  /** The newest message the author has read; null for "there was none". */
  lastSeenMessageId?: string | null | undefined;
  status?: TicketStatus | undefined;
  /** How long it waits to be undone before it goes out. */
  undoSeconds?: number | undefined;
};

/** Mails of the thread that an answer's headers may name. */
const MAILS_NAMED_MAX = 30;

/**
 * The reply as the row it will be stored as, addressed and threaded after the customer's last mail, or null where no
 * address is known that mail can be sent to. A ticket without stored mails is answered from its own fields.
 */
export async function draftReply(
  request: ReplyInput,
  messageId: string,
  thread: StoredThread,
  member: TeamMember,
): Promise<StoredMessage | null> {
  const { SUPPORT_ADDRESS, SUPPORT_NAME } = env();
  const mails = await recentMails(thread);
  const answered = answeredMail(mails);
  const to = [answered?.replyTo, answered?.from, thread.from].find(isReachable);
  if (!to) return null;

  const now = new Date();
  const from = SUPPORT_ADDRESS ?? thread.inbox ?? "";
  const rfcMessageId = `<${randomUUID()}@${from.split("@").at(1) ?? "claimdesk.invalid"}>`;
  const inReplyTo = inBrackets(answered?.rfcMessageId);
  const earlier = [...(answered?.references ?? []), ...mails.map((mail) => mail.rfcMessageId)];
  return {
    _id: messageId,
    threadId: thread._id,
    direction: "outbound",
    automatic: false,
    rfcMessageId,
    inReplyTo,
    references: replyReferences(
      earlier.flatMap((id) => inBrackets(id) ?? []),
      inReplyTo,
      rfcMessageId,
    ),
    from,
    fromName: SUPPORT_NAME ?? null,
    replyTo: null,
    to: [to],
    cc: [],
    subject: replySubject(answered?.subject ?? thread.subject ?? ""),
    text: request.text,
    visibleText: request.text,
    html: null,
    attachments: [],
    ledgerId: null,
    parseProblem: null,
    at: now,
    authorId: member.id,
    authorEmail: member.email,
    authorName: member.name,
    state: "queued",
    dueAt: new Date(now.getTime() + (request.undoSeconds ?? 0) * 1_000),
    leaseId: null,
    leaseUntil: null,
    attempts: 0,
    textHash: textHash(request.text),
    lastError: outboundSettings() ? null : OUTBOUND_OFF_DETAIL,
    sentAt: null,
  };
}

/** The latest mails of the thread, oldest first, without the replies that were undone. */
async function recentMails(thread: StoredThread): Promise<StoredMessage[]> {
  const written = {
    threadId: thread._id,
    state: trusted({ $ne: "cancelled" }),
  } as QueryFilter<StoredMessage>;
  const newest = await EmailMessage.find(written)
    .select({ direction: 1, automatic: 1, rfcMessageId: 1, references: 1, from: 1, replyTo: 1, subject: 1 })
    .sort({ at: -1, _id: -1 })
    .limit(MAILS_NAMED_MAX)
    .maxTimeMS(QUERY_TIME_MAX_MS)
    .lean<StoredMessage[]>();
  return newest.reverse();
}

/** The customer's last mail; an automatic one only where there is no other. */
function answeredMail(mails: StoredMessage[]): StoredMessage | null {
  const received = mails.filter(({ direction, from }) => direction === "inbound" && !isOwnAddress(from));
  return received.findLast((mail) => !mail.automatic) ?? received.at(-1) ?? null;
}

/** True for an address that mail can be sent to and that is not the desk's own. */
function isReachable(address: string | null | undefined): address is string {
  return address != null && isPlainAddress(address) && !isOwnAddress(address);
}

/** A Message-ID as a header carries it, or null where there is none that can stand there. */
function inBrackets(id: string | null | undefined): string | null {
  const header = `<${normaliseMessageId(id) ?? ""}>`;
  return isMessageId(header) ? header : null;
}

/** Tells a repeat of a reply from another one under the same key. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
