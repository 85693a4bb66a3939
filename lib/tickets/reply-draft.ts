import "server-only";
import { randomUUID } from "node:crypto";
import { sha256 } from "@/lib/hash";
import { waitingSinceOf } from "@/lib/conversation/attention";
import { answeredMail, recentMails } from "@/lib/conversation/answered-mail";
import { replyReferences, replySubject } from "@/lib/mail/compose";
import { inBrackets } from "@/lib/mail/message-id";
import { OUTBOUND_OFF_DETAIL, outboundSettings } from "@/lib/mail/outbound-settings";
import { env } from "@/lib/env";
import { readClock } from "@/lib/store/clock";
import type { StoredMessage } from "@/models/EmailMessageModel";
import type { StoredThread } from "@/models/EmailThreadModel";
import type { ThreadId } from "@/lib/api/contracts";
import type { Recipients, TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import type { NamedRecipients } from "./reply-recipients";

export type ReplyInput = NamedRecipients & {
  threadId: ThreadId;
  text: string;
  /** Names this reply; the same key again is the same reply. */
  key?: string | undefined;
  /** The newest message the author has read; null if there was none. */
  lastSeenMessageId?: string | null | undefined;
  status?: TicketStatus | undefined;
  /** The revision of the recipients which the author saw. */
  recipientsRevision?: number | undefined;
  /** How long the reply can be undone before it goes out, in seconds. */
  undoSeconds?: number | undefined;
};

/** A row to store; the model's defaults fill the rest. */
export type ReplyDraft = Partial<StoredMessage> &
  Pick<StoredMessage, "_id" | "threadId" | "rfcMessageId" | "at">;

/**
 * The reply as the row that will be stored, threaded after the newest mail from outside. A ticket without stored mails is
 * answered from its own fields.
 */
export async function draftReply(
  request: ReplyInput,
  { messageId, recipients }: { messageId: string; recipients: Recipients },
  thread: StoredThread,
  member: TeamMember,
): Promise<ReplyDraft> {
  const { SUPPORT_ADDRESS, SUPPORT_NAME } = env();
  const [mails, answered] = await Promise.all([recentMails(thread._id), answeredMail(thread._id)]);
  const now = await readClock("$$NOW"); // replies of one ticket go out in this order
  const from = SUPPORT_ADDRESS ?? thread.inbox ?? "";
  const rfcMessageId = `<${randomUUID()}@${from.split("@").at(1) ?? "claimdesk.invalid"}>`;
  const inReplyTo = inBrackets(answered?.rfcMessageId);
  const earlier = [...(answered?.references ?? []), ...mails.map((mail) => mail.rfcMessageId)];
  return {
    _id: messageId,
    threadId: thread._id,
    direction: "outbound",
    rfcMessageId,
    inReplyTo,
    references: replyReferences(
      earlier.flatMap((id) => inBrackets(id) ?? []),
      inReplyTo,
      rfcMessageId,
    ),
    from,
    fromName: SUPPORT_NAME ?? null,
    ...recipients,
    subject: replySubject(answered?.subject ?? thread.subject ?? ""),
    text: request.text,
    visibleText: request.text,
    at: now,
    authorId: member.id,
    authorEmail: member.email,
    authorName: member.name,
    state: "queued",
    dueAt: new Date(now.getTime() + (request.undoSeconds ?? 0) * 1_000),
    answersSince: waitingSinceOf(thread),
    textHash: sha256(request.text), // tells a repeated reply from another one under the same key
    lastError: outboundSettings() ? null : OUTBOUND_OFF_DETAIL,
  };
}
