import "server-only";
import type { StoredHistoryLine, StoredThread } from "@/models/EmailThreadModel";
import type { StoredMessage } from "@/models/EmailMessageModel";
import {
  assignmentOf,
  ERASED_CUSTOMER,
  ticketReference,
  type Assignment,
  type Attention,
  type CardSummary,
  type DeclineNotice,
  type Handover,
  type HistoryLine,
  type Notice,
  type Person,
  type TeamMember,
  type Ticket,
  type TicketMessage,
  type TicketSummary,
} from "@/lib/api/vocabulary";
import { waitingSinceOf } from "@/lib/conversation/attention";
import { addressKey } from "@/lib/mail/address";
import { fail } from "@/lib/result";
import { assigneeIdOf } from "./unassigned";

// The only place that turns stored shapes into plain data for the browser: every field is named, nothing is spread.

const iso = (date: Date | null | undefined): string | null => date?.toISOString() ?? null;

/** The stored fields of a list row. */
export const SUMMARY_FIELDS = [
  "from",
  "fromName",
  "subject",
  "excerpt",
  "status",
  "assignedTo",
  "assignedToEmail",
  "assignedToName",
  "claimedAt",
  "receivedAt",
  "lastMessageAt",
  "lastInboundAt",
  "messageCount",
  "revision",
  "newcomers",
  "attention",
  "waitingSince",
  "lastMessageId",
  "handover",
  "givenBackTo",
  "declined",
  "emptiedAt",
  "erasedBefore",
] as const;
type SummaryRow = Pick<StoredThread, "_id" | (typeof SUMMARY_FIELDS)[number]>;

/** A thread as a list row. A thread stored before a field existed gets the field's default. */
export function toSummary(thread: SummaryRow): TicketSummary {
  const received = thread.receivedAt ?? thread._id.getTimestamp();
  const id = thread._id.toHexString();
  return {
    _id: id,
    reference: ticketReference(id),
    from: thread.from ?? "",
    fromName: isCustomerErased(thread) ? ERASED_CUSTOMER : (thread.fromName ?? null),
    subject: thread.emptiedAt ? "Erased" : (thread.subject ?? ""),
    excerpt: thread.excerpt ?? "",
    status: thread.status ?? "open",
    assignedTo: assigneeIdOf(thread),
    assignedToEmail: thread.assignedToEmail ?? null,
    assignedToName: thread.assignedToName ?? null,
    claimedAt: iso(thread.claimedAt),
    receivedAt: received.toISOString(),
    lastMessageAt: (thread.lastMessageAt ?? received).toISOString(),
    lastInboundAt: (thread.lastInboundAt ?? received).toISOString(),
    messageCount: thread.messageCount ?? 0,
    revision: thread.revision ?? 0,
    hasNewcomer: (thread.newcomers ?? []).some(({ why }) => why === "wrote"),
    attention: toAttention(thread.attention),
    waitingSince: iso(waitingSinceOf(thread)),
    lastMessageId: thread.lastMessageId ?? null,
    handover: toHandover(thread.handover),
    givenBackTo: thread.givenBackTo ?? null,
    declined: thread.declined ? { by: plain(thread.declined.by), reason: thread.declined.reason } : null,
  };
}

function toHandover(stored: SummaryRow["handover"]): Handover | null {
  if (!stored) return null;
  return { by: plain(stored.by), at: stored.at.toISOString(), note: stored.note ?? null };
}

function toAttention(stored: SummaryRow["attention"]): Attention | null {
  if (!stored) return null;
  const { kind, at, messageId, cause } = stored;
  return { kind, at: at.toISOString(), messageId, cause: cause ?? null };
}

/** Of a ticket with other people, the customer alone may have been erased. */
function isCustomerErased({ emptiedAt, erasedBefore, from }: SummaryRow): boolean {
  return Boolean(emptiedAt) || (Boolean(erasedBefore) && !from);
}

export function toTicket(thread: StoredThread, card: CardSummary | null): Ticket {
  return {
    ...toSummary(thread),
    to: thread.to ?? "",
    inbox: thread.inbox ?? "",
    firstClaimedAt: iso(thread.firstClaimedAt),
    firstRepliedAt: iso(thread.firstRepliedAt),
    resolvedAt: iso(thread.resolvedAt),
    recipientsRevision: thread.recipientsRevision ?? 0,
    card,
  };
}

/** The stored fields of a message that an answer shows as they are. */
export const MESSAGE_FIELDS = [
  "rfcMessageId",
  "direction",
  "notice",
  "declined",
  "reaction",
  "automatic",
  "from",
  "fromName",
  "via",
  "verification",
  "isNewcomer",
  "forwardedFrom",
  "undelivered",
  "replyTo",
  "to",
  "cc",
  "subject",
  "attachments",
  "authorId",
  "authorName",
  "state",
  "lastError",
  "at",
  "sentAt",
  "ledgerId",
  "parseProblem",
  "emptiedAt",
  "erasedAt",
] as const;

/** A message without its HTML, its texts perhaps cut after some characters; `visibleText` is "" if it is all of the text. */
export type ShownMessage = Pick<
  StoredMessage,
  "_id" | "text" | "visibleText" | (typeof MESSAGE_FIELDS)[number]
> &
  Pick<TicketMessage, "textBytes" | "hasHtml">;

/** Most lines of a text that an answer has: a thousand short ones fill a page as well as 32 KB of long ones. */
const LINES_SHOWN_MAX = 1_000;

export function toMessage(message: ShownMessage): TicketMessage {
  const text = firstLines(message.text);
  return {
    _id: message._id,
    rfcMessageId: message.rfcMessageId,
    direction: message.direction,
    notice: message.notice ? toNotice(message.notice) : null,
    declined: message.declined ? toDeclined(message.declined) : null,
    reaction: message.reaction ? { emoji: message.reaction.emoji, replyId: message.reaction.replyId } : null,
    automatic: message.automatic,
    from: message.from,
    fromName: message.erasedAt ? ERASED_CUSTOMER : message.fromName,
    via: message.via ?? null,
    verification: message.verification ?? "unchecked",
    isNewcomer: message.isNewcomer ?? false,
    forwardedFrom: message.forwardedFrom ?? null,
    undelivered: (message.undelivered ?? []).map(({ address, detail }) => ({ address, detail })),
    replyTo: message.replyTo ?? null,
    to: message.to,
    cc: message.cc,
    subject: message.subject,
    text,
    visibleText: firstLines(message.visibleText),
    isClipped: Buffer.byteLength(text) < message.textBytes,
    textBytes: message.textBytes,
    hasHtml: message.hasHtml,
    attachments: message.attachments.map(({ filename, contentType, sizeBytes }, index) => ({
      index,
      filename,
      contentType,
      sizeBytes,
    })),
    authorId: message.authorId,
    authorName: message.authorName,
    state: message.state,
    lastError: message.lastError,
    sentAt: (message.sentAt ?? message.at).toISOString(),
    ledgerId: message.ledgerId,
    parseProblem: message.parseProblem,
    emptiedAt: iso(message.emptiedAt),
  };
}

function toNotice({ kind, replyId, cause, recipients, detail, isProven }: Notice): Notice {
  const missed = recipients.map(({ address, status, detail }) => ({
    address,
    status: status ?? null,
    detail,
  }));
  return { kind, replyId, cause: cause ?? null, recipients: missed, detail, isProven };
}

function toDeclined({ by, givenBy, reason }: DeclineNotice): DeclineNotice {
  return { by: plain(by), givenBy: plain(givenBy), reason };
}

/** The messages as their ticket shows them: a forward offers its sender as the customer while somebody else is. */
export function withOffers(
  messages: TicketMessage[],
  { from = "" }: Pick<StoredThread, "from">,
): TicketMessage[] {
  const customer = addressKey(from);
  return messages.map((message) => {
    const isCustomer = message.forwardedFrom && addressKey(message.forwardedFrom.address) === customer;
    return isCustomer ? { ...message, forwardedFrom: null } : message;
  });
}

function firstLines(text: string): string {
  let end = -1;
  for (let line = 0; line < LINES_SHOWN_MAX; line += 1) {
    end = text.indexOf("\n", end + 1);
    if (end === -1) return text;
  }
  return text.slice(0, end);
}

function toPerson(stored: Person | null | undefined): Person | null {
  return stored ? plain(stored) : null;
}

function plain({ id, email, name }: Person): Person {
  return { id, email, name };
}

export function toHistoryLine(line: Omit<StoredHistoryLine, "op">): HistoryLine {
  return {
    kind: line.kind,
    at: line.at.toISOString(),
    revision: line.revision,
    by: toPerson(line.by),
    way: line.way ?? null,
    assignee: toPerson(line.assignee),
    formerAssignee: toPerson(line.formerAssignee),
    note: line.note ?? null,
    undoes: line.undoes ?? null,
    statusFrom: line.statusFrom ?? null,
    statusTo: line.statusTo ?? null,
    messageId: line.messageId ?? null,
    action: line.action ?? null,
    reason: line.reason ?? null,
    added: line.added ?? [],
    removed: line.removed ?? [],
    customer: line.customer ?? null,
  };
}

/** The refusal for `member` if somebody else holds the thread; else null. */
export function claimedByOther(thread: AssignmentRow, member: TeamMember) {
  const assignment = toAssignment(thread);
  return assignment && assignment.assignedTo !== member.id
    ? fail({ reason: "already_claimed" as const, ...assignment })
    : null;
}

/** The refusal that tells that the ticket is unassigned by now. */
export const NOBODY_HOLDS_IT = {
  reason: "changed_meanwhile" as const,
  ...{ assignedTo: null, assignedToEmail: null, assignedToName: null, claimedAt: null },
};

/** The refusal that tells who holds the thread by now. */
export function heldByNow(thread: AssignmentRow) {
  const assignment = toAssignment(thread);
  return fail(assignment ? { reason: "changed_meanwhile" as const, ...assignment } : NOBODY_HOLDS_IT);
}

/** The assignment that gives a ticket to `member`. */
export function assignmentTo({ id, email, name }: TeamMember, claimedAt: Date): Assignment {
  return { assignedTo: id, assignedToEmail: email, assignedToName: name, claimedAt: claimedAt.toISOString() };
}

/** The stored fields of an assignment. */
export const ASSIGNMENT_FIELDS = [
  "assignedTo",
  "assignedToEmail",
  "assignedToName",
  "claimedAt",
  "receivedAt",
] as const;
type AssignmentRow = Pick<StoredThread, "_id" | (typeof ASSIGNMENT_FIELDS)[number]>;

/** Who holds the thread, and since when; null if it is unassigned. */
export function toAssignment(thread: AssignmentRow): Assignment | null {
  return assignmentOf({
    assignedTo: assigneeIdOf(thread),
    assignedToEmail: thread.assignedToEmail ?? null,
    assignedToName: thread.assignedToName ?? null,
    claimedAt: iso(thread.claimedAt),
    receivedAt: (thread.receivedAt ?? thread._id.getTimestamp()).toISOString(),
  });
}
