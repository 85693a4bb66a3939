// The words of the product as types. A leaf: the browser loads it too, and it imports nothing.

export const TICKET_STATUSES = ["open", "in_progress", "waiting", "resolved"] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** Statuses of tickets that still need somebody; a ticket without a stored status counts as open. */
export const ACTIVE_STATUSES = ["open", "in_progress", "waiting"] as const satisfies readonly TicketStatus[];

export const STATUS_NAMES: Record<TicketStatus, string> = {
  open: "Open",
  in_progress: "In progress",
  waiting: "Waiting",
  resolved: "Resolved",
};

export const ROLES = ["viewer", "member", "admin"] as const;
export type Role = (typeof ROLES)[number];
export const ROLE_NAMES: Record<Role, string> = { viewer: "Viewer", member: "Member", admin: "Admin" };

/** A signed-in person of the team. `id` is Clerk's user id (or the demo identity's). */
export type TeamMember = { id: string; email: string; name: string; role: Role };

/** Who holds a ticket and since when. `claimedAt` is ISO 8601 in UTC. */
export type Assignment = {
  assignedTo: string;
  assignedToEmail: string;
  assignedToName: string;
  claimedAt: string;
};

/** A person as history and notices keep them. */
export type Person = { id: string; email: string; name: string };

/**
 * Why a person has to look at a ticket, the least grave first: the customer wrote; a member declined it; a reply is not
 * delivered yet, was undone, may not have gone out, was refused, or came back.
 */
export const ATTENTION_KINDS = [
  "customer_mail",
  "declined",
  "delayed",
  "undone",
  "unconfirmed",
  "failed",
  "came_back",
] as const;
export type AttentionKind = (typeof ATTENTION_KINDS)[number];
/** The kinds that are about the delivery of a reply. */
export const DELIVERY_ATTENTIONS = [
  "delayed",
  "undone",
  "unconfirmed",
  "failed",
  "came_back",
] as const satisfies readonly AttentionKind[];
export type DeliveryAttention = (typeof DELIVERY_ATTENTIONS)[number];

/** Somebody gave the ticket to its assignee, who has not worked on it since. `at` is ISO 8601 in UTC. */
export type Handover = { by: Person; at: string; note: string | null };

/** Why a reply did not reach somebody, as far as the mail servers' codes and words tell. */
export const DELIVERY_CAUSES = [
  "no_mailbox",
  "mailbox_full",
  "no_domain",
  "unreachable",
  "too_large",
  "blocked",
  "other",
] as const;
export type DeliveryCause = (typeof DELIVERY_CAUSES)[number];

/** Something that a person has to look at; `messageId` is the mail or the notice that says it. `at` is ISO 8601 in UTC. */
export type Attention = { kind: AttentionKind; at: string; messageId: string; cause: DeliveryCause | null };

/** A ticket as a list shows it: no bodies, no addresses but the sender's. Dates are ISO 8601 in UTC. */
export type TicketSummary = {
  _id: string;
  /** Short form of the id for people, such as "#4f9a2c". */
  reference: string;
  from: string;
  fromName: string | null;
  subject: string;
  excerpt: string;
  status: TicketStatus;
  assignedTo: string | null;
  assignedToEmail: string | null;
  assignedToName: string | null;
  claimedAt: string | null;
  receivedAt: string;
  lastMessageAt: string;
  /** When the customer last wrote; the age in a list counts from it. */
  lastInboundAt: string;
  messageCount: number;
  revision: number;
  /** Somebody wrote who is no participant: nothing is addressed to them until a member adds them. */
  hasNewcomer: boolean;
  /** Stays until somebody who has seen it acts; null on every waiting and resolved ticket. */
  attention: Attention | null;
  /** Since when the customer waits for an answer; null if they do not. */
  waitingSince: string | null;
  /** The newest message that counts for the reply guard; null if none is stored. */
  lastMessageId: string | null;
  /** Until its assignee replies, sets the status or marks it as seen, and so may no longer decline it. */
  handover: Handover | null;
  /** The member who gave the ticket to somebody who declined it: it stands in their Mine until somebody holds it. */
  givenBackTo: string | null;
  /** Who declined it and why, as long as nobody has held it since. */
  declined: { by: Person; reason: string } | null;
};

/** `TicketSummary` with the further fields of the ticket page. */
export type Ticket = TicketSummary & {
  to: string;
  inbox: string;
  firstClaimedAt: string | null;
  firstRepliedAt: string | null;
  resolvedAt: string | null;
  /** Rises when an address is taken out of the recipients, or the customer's changes. */
  recipientsRevision: number;
  card: CardSummary | null;
};

/** How somebody came into a conversation: as its customer, copied by a mail, or added by a team member. */
export const PARTICIPANT_ROLES = ["customer", "copied", "member"] as const;
export type ParticipantRole = (typeof PARTICIPANT_ROLES)[number];

/** Somebody whom replies go to. */
export type Participant = {
  address: string;
  name: string | null;
  role: ParticipantRole;
  /** Why mail cannot be sent to the address, in a sentence; null if it can. Such an address is in no recipients. */
  problem: string | null;
};

/**
 * Why an address is offered: its owner wrote, a mail asked for answers there, or somebody else than the customer
 * copied it.
 */
export const NEWCOMER_REASONS = ["wrote", "reply_to", "copied"] as const;
export type NewcomerReason = (typeof NEWCOMER_REASONS)[number];

/** An address that nothing is sent to until a member adds it. `messageId` is the mail that brought it. */
export type Newcomer = { address: string; name: string | null; messageId: string; why: NewcomerReason };

/** The addresses that a reply goes to. */
export type Recipients = { to: string[]; cc: string[] };

/**
 * Whether the sender of a mail is who the mail says: "verified" by the sender's domain, "not_verified" if the check failed
 * (or somebody claims to be of the team without proof), "unchecked" if nobody can say.
 */
export const VERIFICATIONS = ["verified", "not_verified", "unchecked"] as const;
export type Verification = (typeof VERIFICATIONS)[number];

/** A person as a mail names them. */
export type MailPerson = { address: string; name: string | null };

/** The state of the ticket's card in the team's channel. */
export type CardSummary = { state: "pending" | "synced" | "failed" | "gone"; lastError: string | null };

export const DELIVERY_STATES = [
  "queued",
  "sending",
  "sent",
  "failed",
  "unconfirmed",
  "cancelled",
  "came_back",
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export type Attachment = { index: number; filename: string; contentType: string; sizeBytes: number };

export const MESSAGE_DIRECTIONS = ["inbound", "outbound", "notice"] as const;
export type MessageDirection = (typeof MESSAGE_DIRECTIONS)[number];

/**
 * One recipient whom a reply did not reach. `detail` is their mail server's text: foreign, to be shown as a quotation.
 */
export type MissedRecipient = { address: string; status: string | null; detail: string };

/**
 * Tells that a reply was undone, is delayed, unconfirmed, refused, or came back. It is a row of ours, or the mail that
 * reports it. `detail` is the mail server's text: foreign, to be shown as a quotation; "" if it said nothing.
 */
export type Notice = {
  kind: DeliveryAttention;
  /** The reply that it is about. */
  replyId: string;
  cause: DeliveryCause | null;
  /** The recipients whom it names; empty: all of the reply's. */
  recipients: MissedRecipient[];
  detail: string;
  /** False if anybody could have written the report; it then changed nothing. */
  isProven: boolean;
};

/** Tells that a member declined the ticket that `givenBy` had given them. A row of ours. */
export type DeclineNotice = { by: Person; givenBy: Person; reason: string };

/**
 * One mail of a conversation, or a notice between mails. `_id` is ours; `rfcMessageId` is its RFC 5322 header, with
 * angle brackets.
 */
export type TicketMessage = {
  _id: string;
  rfcMessageId: string | null;
  direction: MessageDirection;
  /** Null unless it tells about the delivery of a reply. A mail that reports it is "inbound", a row of ours "notice". */
  notice: Notice | null;
  /** Null unless the row, a "notice", tells that a member declined the ticket. */
  declined: DeclineNotice | null;
  /** The reply that the customer reacted to with `emoji`; null if the mail is no reaction. */
  reaction: { emoji: string; replyId: string } | null;
  /** An automatic answer or notice: shown, but it reopens no ticket and holds no reply. */
  automatic: boolean;
  /** Who wrote it: the customer also if the mail came through a web form or a list that put its own address into From. */
  from: string;
  fromName: string | null;
  /** The address in From, if that is not who wrote it; else null. */
  via: string | null;
  verification: Verification;
  /** The sender is no participant of the ticket. */
  isNewcomer: boolean;
  /** The sender of the mail that a colleague forwarded, as its text says, while a member may make them the customer. */
  forwardedFrom: MailPerson | null;
  /** Recipients whose mail server refused this reply while others took it. */
  undelivered: { address: string; detail: string }[];
  /** The Reply-To address, or null. */
  replyTo: string | null;
  to: string[];
  cc: string[];
  subject: string;
  /** The text, or its beginning if `isClipped`. */
  text: string;
  /** The part of `text` that is shown first: the rest is quote or signature and stays folded. "" if all is shown. */
  visibleText: string;
  isClipped: boolean;
  /** Size of the whole text in UTF-8. */
  textBytes: number;
  /** There is a formatted version, for a sandboxed frame only. */
  hasHtml: boolean;
  attachments: Attachment[];
  authorId: string | null;
  /** Without an `authorId`: the member whose address the mail bears, though nothing proves that it is theirs. */
  authorName: string | null;
  state: DeliveryState | null;
  lastError: string | null;
  sentAt: string;
  /** Ledger id of the mail, to download it as it arrived. */
  ledgerId: string | null;
  /** Why the mail could not be read fully, in a sentence; null if it could. */
  parseProblem: string | null;
  /** When its text and files were removed for privacy; null if they are there. */
  emptiedAt: string | null;
};

/** States of a mail in the ledger. */
export const LEDGER_STATES = ["received", "ticketed", "ignored", "failed"] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** Whether a mail started a ticket or joined one. */
export const MAIL_OUTCOMES = ["opened", "joined"] as const;
export type MailOutcome = (typeof MAIL_OUTCOMES)[number];

/** Why a mail becomes no ticket: it is empty, or it is our own reply that came back. */
export type IgnoredReason = "empty" | "echo";

export const HISTORY_KINDS = [
  "received",
  "customer_replied",
  "claimed",
  "unclaimed",
  "reassigned",
  "declined",
  "undone",
  "status_changed",
  "replied",
  "delivery_settled",
  "came_back",
  "delayed",
  "seen",
  "card_requested",
  "participants_changed",
  "bodies_removed",
  "customer_erased",
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** The way by which an act came: its author's browser, chat or mail program, or the desk by itself. */
export const WAYS = ["web", "discord", "slack", "mail", "system"] as const;
export type Way = (typeof WAYS)[number];

/** Why a ticket was unclaimed, if nobody pressed the button: its assignee was removed from the team. */
export const UNCLAIM_REASONS = ["removed"] as const;
export type UnclaimReason = (typeof UNCLAIM_REASONS)[number];

/** The assignee's possible decisions about a reply that is not simply sent. */
export const DELIVERY_ACTIONS = ["retry", "send_again", "mark_sent", "undo"] as const;
export type DeliveryAction = (typeof DELIVERY_ACTIONS)[number];

/** One line of a ticket's history. `by` is null if the product or the customer did it. */
export type HistoryLine = {
  kind: HistoryKind;
  at: string;
  revision: number;
  by: Person | null;
  /** Null on lines that are older than the field. */
  way: Way | null;
  /** The member whom the ticket was given to or taken from, if any. */
  assignee: Person | null;
  /** Of a reassigned or undone line: who held the ticket before; null if nobody did. */
  formerAssignee: Person | null;
  /** The words that a member gave with a hand-over, or as the reason to decline one. */
  note: string | null;
  /** Of an undone line: the change that was undone. */
  undoes: HistoryKind | null;
  statusFrom: TicketStatus | null;
  statusTo: TicketStatus | null;
  messageId: string | null;
  /** The decision about a reply; null on other lines, on old lines, and if the product settled it by itself. */
  action: DeliveryAction | null;
  /** Why the ticket was unclaimed; null if somebody unclaimed it, and on other lines. */
  reason: UnclaimReason | null;
  /** The addresses that a member added and removed, and the new customer's; empty and null on other lines. */
  added: string[];
  removed: string[];
  customer: string | null;
};

/** Why somebody is no longer on the team: an admin here removed them, or Clerk says that they are gone or shut out. */
export const REMOVAL_REASONS = [
  "by_admin",
  "account_deleted",
  "account_blocked",
  "left_organization",
] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** Rules of the team for handing tickets over: whether members, too, may give an unassigned ticket to somebody else. */
export type HandoverRules = { membersAssignUnassigned: boolean };

/** A member's own choices. */
export type Preferences = { mailOnHandover: boolean };

/** An act on many tickets, such as "reassign" to that person. */
export type BulkAct =
  | { action: "claim" | "unclaim" | "undo" }
  | { action: "reassign"; assignee: Person; note: string | null }
  | { action: "status"; status: TicketStatus };

/** A ticket that a job left as it is, and why. `reason` is one of a refusal. */
export type JobProblem = {
  threadId: string;
  reference: string;
  subject: string;
  reason: string;
  error: string;
};
/** "stopped": before its end, since its author may not act any more. */
export const JOB_STATES = ["running", "done", "cancelled", "stopped"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** For how many days raw mails, and the texts and files of closed tickets, are kept; null means for good. */
export type Retention = { rawMailDays: number | null; closedBodiesDays: number | null };

/** How much of one customer is stored. */
export type PrivacyCounts = { tickets: number; messages: number; attachments: number; rawMails: number };

export const ERASURE_STATES = ["running", "done", "cancelled"] as const;
export type ErasureState = (typeof ERASURE_STATES)[number];

/** Acts that are kept for good in the audit log. */
export const AUDIT_ACTIONS = [
  "member_removed",
  "member_restored",
  "tickets_released",
  "settings_changed",
  "customer_exported",
  "customer_erased",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** "#" and the last six hex digits of the thread's id. */
export function ticketReference(threadId: string): string {
  return `#${threadId.slice(-6)}`;
}

/** True if the ticket stands under *Needs a look*: something else than a customer's mail wants attention. */
export function needsLook({ attention }: Pick<TicketSummary, "attention">): boolean {
  return attention !== null && attention.kind !== "customer_mail";
}

type AssignmentFields = Pick<TicketSummary, keyof Assignment | "receivedAt">;

/** Who holds the ticket and since when; null if it is unassigned. Fills in what an old record lacks. */
export function assignmentOf(ticket: AssignmentFields): Assignment | null {
  const { assignedTo, assignedToEmail, assignedToName, claimedAt, receivedAt } = ticket;
  if (!assignedTo) return null;
  return {
    assignedTo,
    assignedToEmail: assignedToEmail ?? "",
    assignedToName: assignedToName || assignedToEmail || assignedTo,
    claimedAt: claimedAt ?? receivedAt,
  };
}

/** The assignment of the ticket if somebody else than `memberId` holds it, else null. */
export function otherAssignee(ticket: AssignmentFields, memberId: string): Assignment | null {
  return ticket.assignedTo === memberId ? null : assignmentOf(ticket);
}

/** The name shown in place of an erased customer's. */
export const ERASED_CUSTOMER = "Erased customer";

/** The name to show for the sender of a ticket or of a mail. */
export function senderName({ fromName, from }: { fromName: string | null; from: string | null }): string {
  return fromName || from || "Unknown sender";
}
