import { ContentId, type ThreadId } from "@/lib/api/contracts";
import type { TeamMember, TicketStatus } from "@/lib/api/vocabulary";
import { replyToTicket } from "@/lib/tickets/reply";

import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import { rawReport, type ReportParts } from "@/tests/support/mail/delivery-reports";
import { deliver, rawMail } from "./inbound-mails";
import { storedMessage } from "./mails";
import { member, storedThread } from "./threads";

const PRIYA = member("Priya Nair");

type Answer = {
  text?: string;
  status?: TicketStatus | undefined;
  undoSeconds?: number;
  by?: TeamMember;
};

/** A ticket that a customer's mail opened; with `cc` others are copied. */
export async function ticketByMail(cc: string[] = []) {
  const header: Record<string, string> = cc.length > 0 ? { Cc: cc.join(", ") } : {};
  const { threadId, message } = await deliver(rawMail({ header }));
  return { id: threadId, opening: message };
}

/** A member answers with the newest page. The reply is queued, and its delivery is left to the caller. */
export async function answer(
  id: ThreadId,
  { text = "Hi", status, undoSeconds = 0, by = PRIYA }: Answer = {},
): Promise<StoredMessage & { _id: ContentId }> {
  const { lastMessageId } = await storedThread(id);
  const request = { threadId: id, text, status, undoSeconds, lastSeenMessageId: lastMessageId ?? null };
  const accepted = await replyToTicket(request, by);
  if (!accepted.ok) throw new Error(`The reply was held: ${accepted.failure.reason}`);
  const row = await storedMessage(accepted.value.messageId);
  return { ...row, _id: ContentId.parse(row._id) };
}

/** The customer writes again in the ticket. */
export function customerWrites({ opening }: { opening: StoredMessage }) {
  const { from } = opening;
  return deliver(rawMail({ header: { From: from, "In-Reply-To": opening.rfcMessageId } }));
}

/** A mail server reports that the reply did not reach `recipients`, by default those in To. */
export function comesBack(
  reply: Pick<StoredMessage, "rfcMessageId" | "to">,
  parts: Partial<ReportParts> = {},
) {
  return deliver(rawReport({ about: reply, recipients: reply.to, ...parts }), { from: "" });
}

/** The ticket's notices that the desk filed of itself, the oldest first. */
export async function noticesIn(id: ThreadId): Promise<StoredMessage[]> {
  const { _id: threadId } = await storedThread(id);
  return EmailMessage.find({ threadId, direction: "notice" }).sort({ at: 1 }).lean<StoredMessage[]>();
}
