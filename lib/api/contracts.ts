// Request and response shapes of the API. A leaf: shared by routes and by the browser's client functions.
import { z } from "zod";
import {
  DELIVERY_ACTIONS,
  LEDGER_STATES,
  TICKET_STATUSES,
  type Assignment,
  type DeliveryState,
  type HistoryLine,
  type IgnoredReason,
  type LedgerState,
  type MailOutcome,
  type Ticket,
  type TicketMessage,
  type TicketSummary,
} from "./vocabulary";

/** 24 hex digits, in lower case once parsed. Inside the domain nothing else is taken for a thread's id. */
export const ThreadId = z
  .string("threadId must be the ticket's id: 24 hexadecimal digits.")
  .regex(/^[0-9a-f]{24}$/i, "threadId must be the ticket's id: 24 hexadecimal digits.")
  .transform((id) => id.toLowerCase())
  .brand<"ThreadId">();
export type ThreadId = z.infer<typeof ThreadId>;

/** 64 hex digits: the id of a message or of a ledger row. */
export const ContentId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "The id must be 64 hexadecimal digits.")
  .brand<"ContentId">();
export type ContentId = z.infer<typeof ContentId>;

/** Clerk's user ids, and the demo identity's; never an object, never empty. */
export const MemberId = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "The member's id is not a valid one.");

export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, "The idempotency key must be 1 to 200 visible ASCII characters.");

/** Longest reply taken, in characters. Mail of 1 MB text is no reply; the limit keeps a paste accident out. */
export const REPLY_TEXT_MAX = 100_000;
/** Longest time a reply may wait to be undone, in seconds. */
export const UNDO_SECONDS_MAX = 60;

export const ClaimRequest = z.strictObject({ threadId: ThreadId });
export type ClaimRequest = z.infer<typeof ClaimRequest>;

export const UnclaimRequest = z.strictObject({ threadId: ThreadId, expectedAssignedTo: MemberId.optional() });
export type UnclaimRequest = z.infer<typeof UnclaimRequest>;

export const StatusRequest = z.strictObject({
  threadId: ThreadId,
  status: z.enum(TICKET_STATUSES, `status must be one of ${TICKET_STATUSES.join(", ")}.`),
});
export type StatusRequest = z.infer<typeof StatusRequest>;

export const ReplyRequest = z.strictObject({
  threadId: ThreadId,
  text: z
    .string("text must be the reply as plain text.")
    .max(REPLY_TEXT_MAX, `The reply is longer than ${REPLY_TEXT_MAX} characters. Shorten it.`)
    .refine((text) => text.trim().length > 0, "Write something before sending."),
  idempotencyKey: IdempotencyKey.optional(),
  lastSeenMessageId: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "lastSeenMessageId must be the _id of a message of this ticket.")
    .nullable()
    .optional(),
  status: z
    .enum(["in_progress", "waiting", "resolved"], "status must be in_progress, waiting or resolved.")
    .optional(),
  undoSeconds: z.int().min(0).max(UNDO_SECONDS_MAX).optional(),
});
export type ReplyRequest = z.infer<typeof ReplyRequest>;

export const DeliveryRequest = z.strictObject({
  messageId: ContentId,
  action: z.enum(DELIVERY_ACTIONS, `action must be one of ${DELIVERY_ACTIONS.join(", ")}.`),
});
export type DeliveryRequest = z.infer<typeof DeliveryRequest>;

export const CardRequest = z.strictObject({ threadId: ThreadId });
export type CardRequest = z.infer<typeof CardRequest>;

/** Tickets a list answers with when `limit` is not given, and the most it ever does. */
export const LIST_LIMIT_DEFAULT = 50;
export const LIST_LIMIT_MAX = 100;

const limit = z.coerce
  .number(`limit must be a number from 1 to ${LIST_LIMIT_MAX}.`)
  .int()
  .min(1)
  .max(LIST_LIMIT_MAX, `limit must be a number from 1 to ${LIST_LIMIT_MAX}.`)
  .default(LIST_LIMIT_DEFAULT);
/** Where the list before ended: its last row's date in milliseconds (none where it has none) and id. */
const cursor = z
  .string()
  .regex(/^\d{0,15}-[0-9a-f]{24}$/, "cursor must be the nextCursor of an earlier answer.")
  .optional();
/** "active" stands for everything but resolved. */
const status = z
  .enum([...TICKET_STATUSES, "active"], `status must be one of ${TICKET_STATUSES.join(", ")}, active.`)
  .optional();

export const TicketsQuery = z.strictObject({
  status,
  assignee: z.union([z.literal("me"), z.literal("none"), MemberId]).optional(),
  cursor,
  limit,
});
export type TicketsQuery = z.infer<typeof TicketsQuery>;

export const MineQuery = z.strictObject({ status, cursor, limit });
export type MineQuery = z.infer<typeof MineQuery>;

export const UnassignedQuery = z.strictObject({ status, cursor, limit });
export type UnassignedQuery = z.infer<typeof UnassignedQuery>;

/** Where the ledger's page before ended: its last row's arrival in milliseconds, and id. */
const ledgerCursor = z
  .string()
  .regex(/^\d{1,15}-[0-9a-f]{64}$/, "cursor must be the nextCursor of an earlier answer.")
  .optional();

export const LedgerQuery = z.strictObject({
  state: z.enum(LEDGER_STATES, `state must be one of ${LEDGER_STATES.join(", ")}.`).optional(),
  cursor: ledgerCursor,
  limit,
});
export type LedgerQuery = z.infer<typeof LedgerQuery>;

export const EmptyQuery = z.strictObject({});

/** Path parameters of a route below one ticket. */
export const ThreadPath = z.object({ threadId: ThreadId });

/** Path parameters of a route below one mail of the ledger. */
export const MailPath = z.object({ ledgerId: ContentId });

// Responses. Typed here, so that route and client cannot drift apart.

export type ClaimResponse = { success: true } & Assignment;
export type UnclaimResponse = { success: true; message: "Ticket unclaimed successfully" };
export type ReplyResponse = {
  success: true;
  delivery: "sent" | "queued" | "unconfirmed";
  messageId: string;
} & Assignment;
export type TicketResponse = { success: true; ticket: TicketSummary };
export type DeliveryResponse = { success: true; messageId: string; state: DeliveryState };
/** `card`: asked for with this call, or what made asking needless. */
export type CardResponse = { success: true; card: "requested" | "pending" | "synced"; message: string };
export type TicketListResponse = { tickets: TicketSummary[]; nextCursor: string | null };
/** A number up to 999, or "999+". */
export type Count = number | "999+";
export type CountsResponse = { unassigned: Count; mine: Count; all: Count };
export type TicketDetailResponse = { ticket: Ticket; messages: TicketMessage[]; history: HistoryLine[] };
export type TeamResponse = {
  members: { id: string; email: string; name: string; role: string; isYou: boolean }[];
};

/** A mail of the ledger as a list shows it: what is known without its content. Dates are ISO 8601 in UTC. */
export type LedgerEntry = {
  _id: string;
  receivedAt: string;
  /** Of the mail itself where it could be read, else of its envelope; null where neither says. */
  from: string | null;
  fromName: string | null;
  to: string[];
  /** Null where the mail is no message of a ticket. */
  subject: string | null;
  sizeBytes: number;
  source: "http" | "smtp";
  /** How often it arrived. */
  copies: number;
  state: LedgerState;
  outcome: MailOutcome | null;
  ticket: { _id: string; reference: string } | null;
  ignoredFor: IgnoredReason | null;
  /** Why it failed; on a mail that still waits, why the last attempt did. */
  error: string | null;
  canRetry: boolean;
};
export type LedgerResponse = { mails: LedgerEntry[]; nextCursor: string | null };
/** What became of the mails of some length of time. */
export type LedgerFigures = {
  received: Count;
  /** Mails that began a ticket. */
  tickets: Count;
  /** Mails that came to a ticket that was there. */
  replies: Count;
  /** Copies by another way of mails that their ticket had already. */
  known: Count;
  ignored: Record<IgnoredReason, Count>;
  failed: Count;
  waiting: Count;
};
export type LedgerSummaryResponse = { day: LedgerFigures; week: LedgerFigures };
export type RetryMailResponse = { success: true; ledgerId: string };

/** How the team's channel stands. */
export type CardsStatus =
  | { state: "off" }
  | { state: "working"; failedCards: number }
  | { state: "blocked"; until: string; message: string; failedCards: number }
  | { state: "paused"; since: string | null; reason: string; message: string; failedCards: number };
/** No mail has come in since then, which is unusually long; one usually comes every `usualGapMs`. */
export type MailSilence = { since: string; usualGapMs: number };
/**
 * Events of `GET /api/live`, by name. They say what has changed and not how: reading it again tells that. `hello` comes
 * first, and whatever changes after it is told; "any" ticket, where not each is named. `beat` comes every 10 s.
 */
export type LiveEvents = {
  hello: Record<string, never>;
  changed: { tickets: string[] | "any"; mail: boolean };
  beat: Record<string, never>;
};

export type DeskStatusResponse = { cards: CardsStatus; mail: { silence: MailSilence | null } };
