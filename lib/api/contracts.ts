// Request and response shapes of the API. A leaf: shared by routes and by the browser's client functions.
import { z } from "zod";
import {
  DELIVERY_ACTIONS,
  LEDGER_STATES,
  TICKET_STATUSES,
  type Assignment,
  type BulkAct,
  type DeliveryState,
  type ErasureState,
  type HandoverRules,
  type HistoryLine,
  type IgnoredReason,
  type JobProblem,
  type JobState,
  type LedgerState,
  type MailOutcome,
  type MailPerson,
  type Newcomer,
  type Participant,
  type Person,
  type Preferences,
  type PrivacyCounts,
  type Recipients,
  type RemovalReason,
  type Retention,
  type Role,
  type Ticket,
  type TicketMessage,
  type TicketSummary,
} from "./vocabulary";
import type { TicketFailure } from "./refusals";

/** 24 hex digits, in lower case once parsed; the only form of a thread's id that the rules accept. */
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

/** A user id of Clerk or of the demo. */
export const MemberId = z
  .string("Name the member by their id, as GET /api/team gives it.")
  .regex(/^[A-Za-z0-9_-]{1,100}$/, "The member's id is not a valid one.");

export const IdempotencyKey = z
  .string("Name the idempotency key as text.")
  .regex(/^[\x21-\x7e]{1,200}$/, "The idempotency key must be 1 to 200 visible ASCII characters.");

/** Longest reply accepted, in characters; keeps out text pasted by accident. */
export const REPLY_TEXT_MAX = 100_000;
/** Longest time in which a reply can be undone, in seconds. */
const UNDO_SECONDS_MAX = 60;

export const ClaimRequest = z.strictObject({ threadId: ThreadId });
export type ClaimRequest = z.infer<typeof ClaimRequest>;

export const UnclaimRequest = z.strictObject({ threadId: ThreadId, expectedAssignedTo: MemberId.optional() });
export type UnclaimRequest = z.infer<typeof UnclaimRequest>;

/** Longest note with a hand-over, and longest reason to decline one, in characters. */
export const NOTE_MAX = 500;
/** Control characters but line breaks, invisible spaces, and marks that turn the direction of text. */
const UNSEEN = /[^\P{Cc}\n]|[\u200b\u202a-\u202e\u2060-\u2069\ufeff]/gu;
/** Words of a member, without what nobody sees; `name` is what a sentence calls them. */
const words = (name: string) =>
  z
    .string(`Write the ${name} as text.`)
    .transform((text) => text.replace(/\r\n?/g, "\n").replace(UNSEEN, "").trim())
    .refine(
      ({ length }) => length <= NOTE_MAX,
      `The ${name} is longer than ${NOTE_MAX} characters. Shorten it.`,
    );
const note = words("note").nullish();

/** `expectedAssignedTo` is the assignee whom the caller saw; null: nobody. */
export const ReassignRequest = z.strictObject({
  threadId: ThreadId,
  assignedTo: MemberId,
  expectedAssignedTo: MemberId.nullable(),
  note,
});
export type ReassignRequest = z.infer<typeof ReassignRequest>;

export const DeclineRequest = z.strictObject({
  threadId: ThreadId,
  reason: words("reason").refine(
    (reason) => reason !== "",
    "Say in a few words why you decline it, so that the next one knows.",
  ),
});
export type DeclineRequest = z.infer<typeof DeclineRequest>;

/** The newest message of the ticket that the caller has seen; null: none. */
const lastSeenMessageId = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "lastSeenMessageId must be the _id of a message of this ticket.")
  .nullable();

export const StatusRequest = z.strictObject({
  threadId: ThreadId,
  status: z.enum(TICKET_STATUSES, `status must be one of ${TICKET_STATUSES.join(", ")}.`),
  /** Counts for "waiting" and "resolved". */
  lastSeenMessageId: lastSeenMessageId.optional(),
});
export type StatusRequest = z.infer<typeof StatusRequest>;

/** Most tickets of one bulk request, and of one job. */
export const BULK_MAX = 100;
export const JOB_MAX = 1_000;
const FEW = `Name 1 to ${BULK_MAX} tickets.`;

/** One ticket of a bulk request with what the caller saw of it. Without `expectedAssignedTo`, as the single act. */
export const BulkItem = z.strictObject({
  threadId: ThreadId,
  lastSeenMessageId: lastSeenMessageId.optional(),
  expectedAssignedTo: MemberId.nullable().optional(),
});
export type BulkItem = z.infer<typeof BulkItem>;

const itemsOf = <Item extends z.ZodType>(item: Item) => z.array(item, FEW).min(1, FEW).max(BULK_MAX, FEW);
const items = itemsOf(BulkItem);
const bulkStatus = z.enum(TICKET_STATUSES, `status must be one of ${TICKET_STATUSES.join(", ")}.`);

export const BulkRequest = z.discriminatedUnion(
  "action",
  [
    z.strictObject({ action: z.literal("claim"), items }),
    z.strictObject({ action: z.literal("unclaim"), items }),
    z.strictObject({
      action: z.literal("reassign"),
      assignedTo: MemberId,
      note,
      items: itemsOf(BulkItem.extend({ expectedAssignedTo: MemberId.nullable() })),
    }),
    z.strictObject({ action: z.literal("status"), status: bulkStatus, items }),
    /** Undoes what the bulk request with this idempotency key did, by the same member. */
    z.strictObject({ action: z.literal("undo"), key: IdempotencyKey, items }),
  ],
  "action must be claim, unclaim, reassign, status or undo.",
);
export type BulkRequest = z.infer<typeof BulkRequest>;

export const SeenRequest = z.strictObject({ threadId: ThreadId, lastSeenMessageId });
export type SeenRequest = z.infer<typeof SeenRequest>;

/** Most people in a conversation, and most recipients of a reply. */
export const PARTICIPANTS_MAX = 50;
/** One address; the rules say whether mail can be sent to it. RFC 5321's 254, and room for a domain in Unicode. */
const address = z
  .string("Name each address as text.")
  .trim()
  .min(1, "An address is empty. Leave it out.")
  .max(320, "An address is longer than any mail address can be.")
  .regex(
    /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u,
    "An address has a line break or another control character. Type it again.",
  );
const TOO_MANY_RECIPIENTS = `A reply can go to at most ${PARTICIPANTS_MAX} addresses. Leave some out.`;
const addresses = (sentence: string) =>
  z.array(address, "Give the addresses as a list.").max(PARTICIPANTS_MAX, sentence);
const recipients = addresses(TOO_MANY_RECIPIENTS);
const people = addresses(`A conversation has at most ${PARTICIPANTS_MAX} people. Name fewer.`);

export const ReplyRequest = z
  .strictObject({
    threadId: ThreadId,
    text: z
      .string("text must be the reply as plain text.")
      .max(REPLY_TEXT_MAX, `The reply is longer than ${REPLY_TEXT_MAX} characters. Shorten it.`)
      .refine((text) => text.trim().length > 0, "Write something before sending."),
    idempotencyKey: IdempotencyKey.optional(),
    lastSeenMessageId: lastSeenMessageId.optional(),
    status: z
      .enum(["in_progress", "waiting", "resolved"], "status must be in_progress, waiting or resolved.")
      .optional(),
    undoSeconds: z.int().min(0).max(UNDO_SECONDS_MAX).optional(),
    /** For this reply alone; each that is not given is the ticket's. An address that is new here becomes a participant. */
    to: recipients.optional(),
    cc: recipients.optional(),
    /** The one that came with the recipients which the caller saw. */
    recipientsRevision: z.int("recipientsRevision must be the one that was read.").min(0).optional(),
  })
  .refine(({ to = [], cc = [] }) => to.length + cc.length <= PARTICIPANTS_MAX, {
    path: ["cc"],
    message: TOO_MANY_RECIPIENTS,
  });
export type ReplyRequest = z.infer<typeof ReplyRequest>;

/** `customer` is a new one: it may be an address that is new here. Nobody is both added and removed. */
export const ParticipantsRequest = z
  .strictObject({
    threadId: ThreadId,
    add: people.optional(),
    remove: people.optional(),
    customer: address.optional(),
  })
  .refine(
    ({ add = [], remove = [], customer }) => add.length + remove.length > 0 || customer !== undefined,
    "Name somebody to add, to remove, or the new customer.",
  );
export type ParticipantsRequest = z.infer<typeof ParticipantsRequest>;

export const SuggestionsQuery = z.strictObject({ threadId: ThreadId });
export type SuggestionsQuery = z.infer<typeof SuggestionsQuery>;

export const DeliveryRequest = z.strictObject({
  messageId: ContentId,
  action: z.enum(DELIVERY_ACTIONS, `action must be one of ${DELIVERY_ACTIONS.join(", ")}.`),
});
export type DeliveryRequest = z.infer<typeof DeliveryRequest>;

export const RemoveMemberRequest = z.strictObject({ memberId: MemberId });
export type RemoveMemberRequest = z.infer<typeof RemoveMemberRequest>;

export const RestoreMemberRequest = z.strictObject({ memberId: MemberId });
export type RestoreMemberRequest = z.infer<typeof RestoreMemberRequest>;

/** Longest time that a retention setting can name, in days. */
export const RETENTION_DAYS_MAX = 3_650;
const retentionDays = z
  .int(`Name a whole number of days from 1 to ${RETENTION_DAYS_MAX}, or null to keep them.`)
  .min(1, "Name at least 1 day, or null to keep them.")
  .max(RETENTION_DAYS_MAX, `Name at most ${RETENTION_DAYS_MAX} days, or null to keep them.`)
  .nullable();

/** Parts that are not given stay as they are. */
export const SettingsRequest = z
  .strictObject({
    retention: z.strictObject({ rawMailDays: retentionDays, closedBodiesDays: retentionDays }).optional(),
    handover: z
      .strictObject({ membersAssignUnassigned: z.boolean("membersAssignUnassigned must be true or false.") })
      .optional(),
    /** The revision that the caller saw. */
    revision: z.int("revision must be the revision that was read.").min(0),
  })
  .refine(
    ({ retention, handover }) => retention !== undefined || handover !== undefined,
    "Name a setting to change.",
  );
export type SettingsRequest = z.infer<typeof SettingsRequest>;
export type SettingsResponse = { retention: Retention; handover: HandoverRules; revision: number };

export const PreferencesRequest = z.strictObject({
  mailOnHandover: z.boolean("mailOnHandover must be true or false."),
});
export type PreferencesRequest = z.infer<typeof PreferencesRequest>;
/** `canMail`: the desk has a mail server, without which nobody is mailed. */
export type PreferencesResponse = { preferences: Preferences; canMail: boolean };

/** Releases all active tickets that the member holds, as a job. */
export const ReleaseRequest = z.strictObject({ memberId: MemberId });
export type ReleaseRequest = z.infer<typeof ReleaseRequest>;

/** Longest address accepted, in characters: RFC 5321's 254, and room for a domain before its conversion to ASCII. */
const customerAddress = z.string("address must be the customer's mail address.").min(1).max(320);

export const ExportRequest = z.strictObject({ address: customerAddress, dryRun: z.boolean() });
export type ExportRequest = z.infer<typeof ExportRequest>;

/** `confirm` repeats the address; only a dry run goes without it. */
export const EraseRequest = z.strictObject({
  address: customerAddress,
  dryRun: z.boolean(),
  confirm: z.string().max(320).optional(),
});
export type EraseRequest = z.infer<typeof EraseRequest>;

export const CancelErasureRequest = z.strictObject({ erasureId: ContentId });
export type CancelErasureRequest = z.infer<typeof CancelErasureRequest>;

export type PrivacyCountsResponse = { counts: PrivacyCounts };
/** One erasure as the privacy page shows it. Dates are ISO 8601 in UTC. */
export type ErasureEntry = {
  _id: string;
  state: ErasureState;
  /** Null once it has ended. */
  address: string | null;
  /** Beginning of the address's sha256, by which the same customer is recognised. */
  addressHash: string;
  byName: string;
  requestedAt: string;
  endedAt: string | null;
  expected: PrivacyCounts;
  done: PrivacyCounts;
  error: string | null;
};
export type ErasureResponse = { success: true; erasure: ErasureEntry };
/** A row of a queue that was given up: "queue:row". */
export const RetryDeadLetterRequest = z.strictObject({
  deadLetterId: z.string().regex(/^[a-z-]{1,40}:[\w:-]{1,200}$/, "The dead letter's id is not a valid one."),
});
/** Work that the desk has given up, and that an admin can have retried. Dates are ISO 8601 in UTC. */
export type DeadLetterEntry = {
  _id: string;
  /** A sentence: what stopped, and the kind of error. */
  error: string;
  /** Null if it is about no single ticket. */
  ticket: { _id: string; reference: string } | null;
  since: string;
  attempts: number;
};
/** Newest first; `count` may be more than are listed. */
export type DeadLettersResponse = { deadLetters: DeadLetterEntry[]; count: Count };
export type RetryDeadLetterResponse = { success: true; deadLetterId: string };

export type ErasuresResponse = { erasures: ErasureEntry[] };

export const CardRequest = z.strictObject({ threadId: ThreadId });
export type CardRequest = z.infer<typeof CardRequest>;

/** Rows of a list if `limit` is not given, and at most. */
const LIST_LIMIT_DEFAULT = 50;
const LIST_LIMIT_MAX = 100;

const limit = z.coerce
  .number(`limit must be a number from 1 to ${LIST_LIMIT_MAX}.`)
  .int()
  .min(1)
  .max(LIST_LIMIT_MAX, `limit must be a number from 1 to ${LIST_LIMIT_MAX}.`)
  .default(LIST_LIMIT_DEFAULT);
/** Begins the cursor of a page that ended among the tickets that need a look, which come first in a list. */
export const LOOK_CURSOR = "look-";
/** End of the previous page: its last row's date in milliseconds (empty if it has none) and id. */
const cursor = z
  .string()
  .regex(/^(?:look-\d{1,15}|\d{0,15})-[0-9a-f]{24}$/, "cursor must be the nextCursor of an earlier answer.")
  .optional();
/** "active" is every status but resolved. */
const status = z
  .enum([...TICKET_STATUSES, "active"], `status must be one of ${TICKET_STATUSES.join(", ")}, active.`)
  .optional();

export const TicketsQuery = z.strictObject({
  status,
  assignee: z
    .union([z.literal("me"), z.literal("none"), MemberId], "assignee must be me, none or a member's id.")
    .optional(),
  cursor,
  limit,
});
export type TicketsQuery = z.infer<typeof TicketsQuery>;

export const MineQuery = z.strictObject({ status, cursor, limit });
export type MineQuery = z.infer<typeof MineQuery>;

export const UnassignedQuery = z.strictObject({ status, cursor, limit });
export type UnassignedQuery = z.infer<typeof UnassignedQuery>;

/** Which tickets a job is about: all that this list has, with its filter. */
const list = {
  view: z.enum(["unassigned", "mine", "all"], "view must be unassigned, mine or all."),
  status,
  assignee: z
    .union([z.literal("me"), z.literal("none"), MemberId], "assignee must be me, none or a member's id.")
    .optional(),
  /** The server's time of what the caller saw: a ticket in which somebody wrote since is left as it is. */
  seenAt: z.iso.datetime("seenAt must be a time in UTC."),
};

export const JobRequest = z.discriminatedUnion(
  "action",
  [
    z.strictObject({ action: z.literal("claim"), ...list }),
    z.strictObject({ action: z.literal("unclaim"), ...list }),
    z.strictObject({ action: z.literal("reassign"), assignedTo: MemberId, note, ...list }),
    /** The new status is `setTo`, since `status` belongs to the list. */
    z.strictObject({ action: z.literal("status"), setTo: bulkStatus, ...list }),
    /** Undoes what an earlier job of the same member did. */
    z.strictObject({ action: z.literal("undo"), jobId: ContentId }),
  ],
  "action must be claim, unclaim, reassign, status or undo.",
);
export type JobRequest = z.infer<typeof JobRequest>;

export const CancelJobRequest = z.strictObject({ jobId: ContentId });
export type CancelJobRequest = z.infer<typeof CancelJobRequest>;

export const JobPath = z.object({ jobId: ContentId });

/** Lines before this revision. */
export const HistoryQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, "cursor must be the olderCursor of an earlier answer.")
    .optional(),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** End of the previous page of the ledger: its last row's arrival in milliseconds, and id. */
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

/** End of the previous part of a conversation: its oldest message's date in milliseconds and id, and oldest revision. */
export const TicketQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}-[0-9a-f]{64}-\d{1,15}$/, "cursor must be the olderCursor of an earlier answer.")
    .optional(),
});
export type TicketQuery = z.infer<typeof TicketQuery>;

export const EmptyQuery = z.strictObject({});

/** A request of a page names the member for whom the page was made; refused with `other_member` if that is not who asks. */
export const MEMBER_HEADER = "x-desk-member";

/**
 * `since`: the server's time of what the reader has already, so that only later changes are new to it. `member`: as
 * MEMBER_HEADER, which a browser's stream cannot send.
 */
export const LiveQuery = z.strictObject({
  since: z.iso.datetime("since must be a time in UTC.").optional(),
  member: z.string().max(200).optional(),
});
export type LiveQuery = z.infer<typeof LiveQuery>;

/** Path parameters of the routes of one ticket. */
export const ThreadPath = z.object({ threadId: ThreadId });

/** Path parameters of the routes of one message. */
export const MessagePath = z.object({ messageId: ContentId });

/** Path parameters of the routes of one mail of the ledger. */
export const MailPath = z.object({ ledgerId: ContentId });

// Responses, typed here so that route and client stay in step.

export type ClaimResponse = { success: true } & Assignment;
export type UnclaimResponse = { success: true; message: "Ticket unclaimed successfully" };
export type ReplyResponse = {
  success: true;
  delivery: "sent" | "queued" | "unconfirmed";
  messageId: string;
} & Assignment;
export type TicketResponse = { success: true; ticket: TicketSummary };
export type DeliveryResponse = { success: true; messageId: string; state: DeliveryState };
/** Cards are sent again: by this call, or they were not paused. */
export type ResumeCardsResponse = { success: true; state: "resumed" };
/** `card` is "requested" by this call, or the state that made the request unnecessary. */
export type CardResponse = { success: true; card: "requested" | "pending" | "synced"; message: string };
export type TicketListResponse = { tickets: TicketSummary[]; nextCursor: string | null };
/** A number up to 999, or "999+". */
export type Count = number | "999+";
/** The tickets of each place, and how many of them stand under *Needs a look*. */
export type Place = "unassigned" | "mine" | "all";
export type CountsResponse = Record<Place | `${Place}NeedsLook`, Count>;
/** Who is in a ticket, and whom a reply goes to: decided here, and shown as it is. */
export type Conversation = {
  recipients: Recipients;
  /** The one that `recipients` belong to. */
  recipientsRevision: number;
  participants: Participant[];
  newcomers: Newcomer[];
};
export type ParticipantsResponse = { success: true; ticket: TicketSummary } & Conversation;
/** People to offer when somebody is added: from this ticket and the customer's earlier ones. */
export type SuggestionsResponse = { suggestions: MailPerson[] };
/** The newest part of a conversation, oldest first, or the part before a cursor; `olderCursor` is null in the oldest. */
export type TicketDetailResponse = {
  ticket: Ticket;
} & Conversation & {
    messages: TicketMessage[];
    history: HistoryLine[];
    olderCursor: string | null;
  };
/** The whole text of a message. */
export type MessageTextResponse = Pick<TicketMessage, "text" | "visibleText">;
/** The lines of a ticket's history, newest first. */
export type HistoryResponse = { lines: HistoryLine[]; olderCursor: string | null };

/** The outcome for one ticket, in the order of the request; `canUndo` if the ticket was changed. */
export type BulkResult =
  | { threadId: string; success: true; canUndo: boolean }
  | ({ threadId: string; success: false; error: string } & (TicketFailure | { reason: "internal_error" }));
export type BulkResponse = { results: BulkResult[] };

/** A job over many tickets as its author sees it. Dates are ISO 8601 in UTC. */
export type JobEntry = {
  _id: string;
  act: BulkAct;
  state: JobState;
  by: Person;
  /** The tickets it is about: the first `JOB_MAX` of those that matched; `hasMore` if there were more. */
  total: number;
  hasMore: boolean;
  /** Tickets that are as wanted, and those that were refused. The others are still to come, or were left. */
  succeeded: number;
  refused: number;
  /** The refused ones, each with its sentence; in a list of jobs the first 100. */
  problems: JobProblem[];
  requestedAt: string;
  endedAt: string | null;
  /** Why it stopped, or why it waits, in a sentence. */
  error: string | null;
  canUndo: boolean;
};
export type JobResponse = { success: true; job: JobEntry };
/** The member's own jobs of the last day, newest first; for admins also those of others that were stopped. */
export type JobsResponse = { jobs: JobEntry[] };

/** A member of the team and how much they hold. Dates are ISO 8601 in UTC. */
export type TeamRow = Person & {
  role: Role;
  isYou: boolean;
  /** The member's page asked for something within the last two minutes. */
  isHere: boolean;
  /** Null: has never signed in. */
  lastSeenAt: string | null;
  /** Active tickets, by status. */
  held: Record<"open" | "in_progress" | "waiting", number>;
  /** Since when the longest waiting of their customers waits; null if nobody does. */
  oldestWaitingSince: string | null;
  /** False for viewers: no ticket can be given to them. */
  canHold: boolean;
};
export type RemovedMember = Person & {
  removedAt: string;
  removedBy: string | null;
  reason: RemovalReason | null;
};
export type TeamResponse = {
  members: TeamRow[];
  /** For admins only, the latest first; empty for others. */
  removed: RemovedMember[];
  /** Whether the caller may give an unassigned ticket to somebody else. */
  mayAssignUnassigned: boolean;
};

export type MemberStandingResponse = { success: true; memberId: string };

/** A mail of the ledger as a list shows it, without its content. Dates are ISO 8601 in UTC. */
export type LedgerEntry = {
  _id: string;
  receivedAt: string;
  /** From the mail itself if it could be read, else from its envelope; null if neither has it. */
  from: string | null;
  fromName: string | null;
  to: string[];
  /** Null if the mail is no message of a ticket. */
  subject: string | null;
  sizeBytes: number;
  source: "http" | "smtp";
  /** How often it arrived. */
  copies: number;
  state: LedgerState;
  outcome: MailOutcome | null;
  ticket: { _id: string; reference: string } | null;
  ignoredFor: IgnoredReason | null;
  /** Why it failed; for a mail still waiting, why the last attempt failed. */
  error: string | null;
  canRetry: boolean;
  /** False if nothing of the mail is stored as it arrived: nothing came, or it was removed for privacy. */
  isKept: boolean;
};
export type LedgerResponse = { mails: LedgerEntry[]; nextCursor: string | null };
/** Outcomes of the mails of one period. */
export type LedgerFigures = {
  received: Count;
  /** Mails that began a ticket. */
  tickets: Count;
  /** Mails that joined an existing ticket. */
  replies: Count;
  /** Copies of a mail that its ticket already had. */
  known: Count;
  ignored: Record<IgnoredReason, Count>;
  failed: Count;
  waiting: Count;
};
export type LedgerSummaryResponse = { day: LedgerFigures; week: LedgerFigures };
export type RetryMailResponse = { success: true; ledgerId: string };

/** State of the cards in the team's channel. */
export type CardsStatus =
  | { state: "off" }
  | { state: "working"; failedCards: number }
  | { state: "blocked"; until: string; message: string; failedCards: number }
  | {
      state: "paused";
      since: string | null;
      /** When the desk asks Discord again by itself; null for at once. */
      nextTryAt: string | null;
      reason: string;
      message: string;
      failedCards: number;
    };
/** No mail has arrived since `since`, which is unusually long: one usually arrives every `usualGapMs`. */
export type MailSilence = { since: string; usualGapMs: number };
/** A changed ticket, with its newest lines of history, oldest first. */
export type LiveRow = { ticket: Ticket; lines: HistoryLine[] };
/** The new state of a message whose delivery went on. */
export type LiveDelivery = { threadId: string } & Pick<
  TicketMessage,
  "_id" | "state" | "lastError" | "undelivered" | "sentAt"
>;
/**
 * Events of `GET /api/live`, by name. `now` is the server's time, ISO 8601 in UTC.
 * - `hello` comes first. Every change after `from` is reported: that is before the time that the reader named if the
 *   process remembers so long, otherwise it is `now`.
 * - `rows` has the changed tickets, those that are gone (no longer stored, or merged), those with a new message, and
 *   deliveries; `mail` is true if the mail ledger changed. A ticket may come again, or in an older revision.
 * - `any`: too much has changed to name it; the reader reads again.
 * - `counts` has those counters that may have changed, as the member sees them.
 * - `beat` comes every 10 s. After `bye` the stream ends as planned, and the reader opens the next one at once.
 */
export type LiveEvents = {
  hello: { now: string; from: string };
  rows: {
    now: string;
    rows: LiveRow[];
    gone: string[];
    messages: string[];
    deliveries: LiveDelivery[];
    mail: boolean;
  };
  any: { now: string };
  counts: { now: string } & Partial<CountsResponse>;
  beat: { now: string };
  bye: { now: string };
};

/** Nothing works on mail and cards, since then; null if nothing has for a week. */
export type WorkerSilence = { since: string | null };

export type DeskStatusResponse = {
  worker: WorkerSilence | null;
  cards: CardsStatus;
  mail: { silence: MailSilence | null };
  /** How much work the desk has given up, and that nobody has had retried. */
  stopped: Count;
};
