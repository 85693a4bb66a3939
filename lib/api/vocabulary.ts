// The vocabulary of the product. A leaf: safe in the browser, imports nothing of ours.

export const TICKET_STATUSES = ["open", "in_progress", "waiting", "resolved"] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** Statuses of tickets somebody still has to look at; a ticket without a stored status counts as open. */
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

/** Who holds a ticket and since when, as every surface shows it. `claimedAt` is ISO 8601 in UTC. */
export type Assignment = {
  assignedTo: string;
  assignedToEmail: string;
  assignedToName: string;
  claimedAt: string;
};

/** A ticket as a list shows it: no bodies, no addresses but the sender's. Dates are ISO 8601 in UTC. */
export type TicketSummary = {
  _id: string;
  /** Short form of the id that people say to each other, such as "#4f9a2c". */
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
  /** When the customer last wrote; what the age in a list counts from. */
  lastInboundAt: string;
  messageCount: number;
  revision: number;
};

/** `TicketSummary` with what the ticket page needs besides. */
export type Ticket = TicketSummary & {
  to: string;
  inbox: string;
  /** The newest message that counts for the reply guard, or null where none is stored. */
  lastMessageId: string | null;
  firstClaimedAt: string | null;
  firstRepliedAt: string | null;
  resolvedAt: string | null;
  card: CardSummary | null;
};

/** How the ticket's card stands in the team's channel. */
export type CardSummary = { state: "pending" | "synced" | "failed" | "gone"; lastError: string | null };

export const DELIVERY_STATES = ["queued", "sending", "sent", "failed", "unconfirmed", "cancelled"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export const FINAL_DELIVERY_STATES = [
  "sent",
  "failed",
  "unconfirmed",
  "cancelled",
] as const satisfies readonly DeliveryState[];

export type Attachment = { index: number; filename: string; contentType: string; sizeBytes: number };

/** One mail of a conversation. `_id` is ours; `rfcMessageId` is its RFC 5322 header, with angle brackets. */
export type TicketMessage = {
  _id: string;
  rfcMessageId: string | null;
  direction: "inbound" | "outbound";
  /** An automatic answer or notice: shown, but it reopens nothing and holds no reply back. */
  automatic: boolean;
  from: string;
  fromName: string | null;
  /** Where the sender asked answers to go, or null. */
  replyTo: string | null;
  to: string[];
  cc: string[];
  subject: string;
  /** The whole text as it was written. */
  text: string;
  /** The part of `text` worth showing first; the rest is quoted or signature and stays folded. */
  visibleText: string;
  /** Sanitised, for a sandboxed frame only; null where the mail had none. */
  html: string | null;
  attachments: Attachment[];
  authorId: string | null;
  authorName: string | null;
  state: DeliveryState | null;
  lastError: string | null;
  sentAt: string;
  /** Ledger id of the mail this came from, to download it as it arrived. */
  ledgerId: string | null;
  /** Why the mail could not be read as it should; null when all went well. */
  parseProblem: string | null;
};

/** What became of a mail that reached us. */
export const LEDGER_STATES = ["received", "ticketed", "ignored", "failed"] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** Whether a mail began its ticket or came to one that was there. */
export const MAIL_OUTCOMES = ["opened", "joined"] as const;
export type MailOutcome = (typeof MAIL_OUTCOMES)[number];

/** Why a mail becomes no ticket: there is nothing in it, or it is a reply of ours that came back. */
export const IGNORED_REASONS = ["empty", "echo"] as const;
export type IgnoredReason = (typeof IGNORED_REASONS)[number];

export const HISTORY_KINDS = [
  "received",
  "customer_replied",
  "claimed",
  "unclaimed",
  "status_changed",
  "replied",
  "delivery_settled",
  "card_requested",
] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** What the holder of a ticket can decide about a reply that is not simply sent. */
export const DELIVERY_ACTIONS = ["retry", "send_again", "mark_sent", "undo"] as const;
export type DeliveryAction = (typeof DELIVERY_ACTIONS)[number];

/** One line of a ticket's history. `by` is null where the product or the customer did it. */
export type HistoryLine = {
  kind: HistoryKind;
  at: string;
  revision: number;
  by: { id: string; email: string; name: string } | null;
  /** The member it was given to or taken from, where there is one. */
  assignee: { id: string; email: string; name: string } | null;
  statusFrom: TicketStatus | null;
  statusTo: TicketStatus | null;
  messageId: string | null;
  /** What was decided about a reply; null on other lines, on old ones, and where the product found out by itself. */
  action: DeliveryAction | null;
};

/** The reference people use: "#" and the last six hex digits of the thread's id. */
export function ticketReference(threadId: string): string {
  return `#${threadId.slice(-6)}`;
}
