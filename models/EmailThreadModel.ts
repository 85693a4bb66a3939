import "server-only";
import { Schema, type Types } from "mongoose";
import {
  ATTENTION_KINDS,
  DELIVERY_ACTIONS,
  DELIVERY_CAUSES,
  HISTORY_KINDS,
  NEWCOMER_REASONS,
  PARTICIPANT_ROLES,
  TICKET_STATUSES,
  UNCLAIM_REASONS,
  WAYS,
  type AttentionKind,
  type DeliveryAction,
  type DeliveryCause,
  type HistoryKind,
  type NewcomerReason,
  type ParticipantRole,
  type Person,
  type TicketStatus,
  type UnclaimReason,
  type Way,
} from "@/lib/api/vocabulary";
import { ADDRESS_COLLATION } from "./address-collation";
import { registered } from "./registered";

/** Somebody whom replies go to. `key` is the address in the form that two spellings of it share. */
export type StoredParticipant = {
  key: string;
  address: string;
  name: string | null;
  role: ParticipantRole;
  at: Date;
};
/** An address that is offered and not addressed; `messageId` is the mail that brought it. */
export type StoredNewcomer = {
  key: string;
  address: string;
  name: string | null;
  messageId: string;
  why: NewcomerReason;
  at: Date;
};

/** Something that a person has to see; `messageId` is the row that says it, `replyId` the reply that it is about. */
export type StoredAttention = {
  kind: AttentionKind;
  at: Date;
  messageId: string;
  replyId: string | null;
  cause: DeliveryCause | null;
  /** A mail server's report says it; that our own mail server took the reply proves nothing against it. */
  isReported?: boolean;
};

/** Who gave the ticket to its assignee, by which operation, and in which words. */
export type StoredHandover = { op: string; by: Person; at: Date; note: string | null };

export type StoredDecline = { by: Person; reason: string };

/** The fields of a thread that an undo gives back. */
export const UNDONE_FIELDS = [
  "assignedTo",
  "assignedToEmail",
  "assignedToName",
  "claimedAt",
  "handover",
  "givenBackTo",
  "declined",
  "status",
  "resolvedAt",
  "waitingSince",
  "attention",
  "openAttention",
  "needsLookAt",
] as const;

/** One line of history. `op` is the operation that wrote it, by which a retry recognises its own write. */
export type StoredHistoryLine = {
  op: string;
  kind: HistoryKind;
  at: Date;
  revision: number;
  by: Person | null;
  /** Missing on older lines. */
  way?: Way;
  assignee?: Person | null;
  formerAssignee?: Person | null;
  note?: string | null;
  undoes?: HistoryKind | null;
  /** The fields as they were before a change that its author may undo. Not copied to the lasting history. */
  before?: Partial<Pick<StoredThread, (typeof UNDONE_FIELDS)[number]>>;
  claimedAt?: Date | null;
  statusFrom?: TicketStatus | null;
  statusTo?: TicketStatus | null;
  messageId?: string | null;
  /** A member's decision about that reply. */
  action?: DeliveryAction | null;
  /** Why the ticket was unclaimed, if nobody asked for it. */
  reason?: UnclaimReason | null;
  /** The newest message when a member claimed or replied, which that member has seen. */
  sawMessageId?: string | null;
  /** The addresses that a member added and removed, and the new customer's. */
  added?: string[];
  removed?: string[];
  customer?: string | null;
};

/** Any field but `_id` may be missing on threads older than the field. */
export type StoredThread = {
  _id: Types.ObjectId;
  inbox?: string;
  from?: string;
  fromName?: string | null;
  to?: string;
  subject?: string;
  status?: TicketStatus;
  receivedAt?: Date;
  lastMessageAt?: Date;
  lastInboundAt?: Date;
  lastMessageId?: string | null;
  excerpt?: string;
  messageCount?: number;
  assignedTo?: string | null;
  assignedToEmail?: string | null;
  assignedToName?: string | null;
  claimedAt?: Date | null;
  /** Missing: the assignee took the ticket, or has worked on it since somebody gave it to them. */
  handover?: StoredHandover;
  /** Id of the member who gave it to somebody who declined it, until somebody holds it. */
  givenBackTo?: string;
  /** Who declined it and why; together with `givenBackTo`. */
  declined?: StoredDecline;
  revision?: number;
  history?: StoredHistoryLine[];
  /** Missing on older threads, which get it at their next write. */
  participants?: StoredParticipant[];
  newcomers?: StoredNewcomer[];
  /** Where the customer asks to be answered; empty or missing: at the customer's own address. */
  replyTo?: string[];
  /** Missing is 0. */
  recipientsRevision?: number;
  /** The revision in which a person last requested the card again. */
  cardRequestRevision?: number;
  /** When the follower that marks its cards has to look at it. The next three belong to its lease (lib/store/queue.ts). */
  cardsDueAt?: Date;
  cardsDueSince?: Date;
  cardsLeaseId?: string;
  cardsAttempts?: number;
  /** The same for the history's follower. */
  eventsDueAt?: Date;
  eventsDueSince?: Date;
  eventsLeaseId?: string;
  eventsAttempts?: number;
  /** The same for the follower that mails the assignee about a hand-over. */
  tellDueAt?: Date;
  tellDueSince?: Date;
  tellLeaseId?: string;
  tellAttempts?: number;
  /** The lines of history up to this revision are copied. */
  copiedRevision?: number;
  /** The gravest of `openAttention`, which is what people are shown. Missing or null: there is nothing to see. */
  attention?: StoredAttention | null;
  /** All that nobody has seen yet, the oldest first: a reply that went out after all takes out its own alone. */
  openAttention?: StoredAttention[];
  /** Since when the shown attention has been there, if it is graver than a customer's mail. */
  needsLookAt?: Date;
  /** Since when the customer waits for us; null: not. Missing on older threads. */
  waitingSince?: Date | null;
  firstClaimedAt?: Date | null;
  firstRepliedAt?: Date | null;
  resolvedAt?: Date | null;
  mergedInto?: Types.ObjectId | null;
  /** When its customer was erased: nothing of the customer is left, and no mail joins it. */
  emptiedAt?: Date;
  /** The newest erasure that has been through this thread: what came before this time. */
  erasedBefore?: Date;
  /** When the texts and files of a resolved ticket were removed; null again once it is resolved anew. */
  bodiesRemovedAt?: Date | null;
  /** The last batch of that, if one write was not enough. */
  bodiesBatchAt?: Date;
};

const personSchema = new Schema<Person>(
  { id: String, email: String, name: String },
  { _id: false, id: false },
);

const historyLineSchema = new Schema<StoredHistoryLine>(
  {
    op: { type: String, required: true },
    kind: { type: String, enum: HISTORY_KINDS, required: true },
    at: { type: Date, required: true },
    revision: { type: Number, required: true },
    by: { type: personSchema, default: null },
    way: { type: String, enum: WAYS },
    assignee: { type: personSchema },
    formerAssignee: { type: personSchema },
    note: String,
    undoes: { type: String, enum: HISTORY_KINDS },
    before: Schema.Types.Mixed,
    claimedAt: Date,
    statusFrom: { type: String, enum: TICKET_STATUSES },
    statusTo: { type: String, enum: TICKET_STATUSES },
    messageId: String,
    action: { type: String, enum: DELIVERY_ACTIONS },
    reason: { type: String, enum: UNCLAIM_REASONS },
    sawMessageId: String,
    // Without defaults, so that other lines do not have them.
    added: { type: [String], default: undefined },
    removed: { type: [String], default: undefined },
    customer: String,
  },
  { _id: false },
);

const participantSchema = new Schema<StoredParticipant>(
  {
    key: { type: String, required: true },
    address: { type: String, required: true },
    name: { type: String, default: null },
    role: { type: String, enum: PARTICIPANT_ROLES, required: true },
    at: { type: Date, required: true },
  },
  { _id: false },
);

const newcomerSchema = new Schema<StoredNewcomer>(
  {
    key: { type: String, required: true },
    address: { type: String, required: true },
    name: { type: String, default: null },
    messageId: { type: String, required: true },
    why: { type: String, enum: NEWCOMER_REASONS, required: true },
    at: { type: Date, required: true },
  },
  { _id: false },
);

const attentionSchema = new Schema<StoredAttention>(
  {
    kind: { type: String, enum: ATTENTION_KINDS, required: true },
    at: { type: Date, required: true },
    messageId: { type: String, required: true },
    replyId: { type: String, default: null },
    cause: { type: String, enum: [...DELIVERY_CAUSES, null], default: null },
    isReported: Boolean,
  },
  { _id: false },
);

const handoverSchema = new Schema<StoredHandover>(
  {
    op: { type: String, required: true },
    by: { type: personSchema, required: true },
    at: { type: Date, required: true },
    note: { type: String, default: null },
  },
  { _id: false },
);

const emailThreadSchema = new Schema<StoredThread>(
  {
    inbox: String,
    from: String,
    fromName: String,
    to: String,
    subject: String,
    status: { type: String, enum: TICKET_STATUSES, default: "open" },
    receivedAt: Date, // first customer mail, never changes
    lastMessageAt: Date,
    lastInboundAt: Date,
    lastMessageId: String,
    excerpt: String,
    messageCount: Number,
    assignedTo: { type: String, default: null }, // Clerk user id
    assignedToEmail: { type: String, default: null },
    assignedToName: { type: String, default: null },
    claimedAt: { type: Date, default: null },
    handover: { type: handoverSchema },
    givenBackTo: String,
    declined: {
      type: new Schema<StoredDecline>({ by: { type: personSchema }, reason: String }, { _id: false }),
    },
    revision: { type: Number, default: 0 },
    history: { type: [historyLineSchema], default: [] },
    participants: { type: [participantSchema], default: undefined },
    newcomers: { type: [newcomerSchema], default: undefined },
    replyTo: { type: [String], default: undefined },
    recipientsRevision: Number,
    cardsDueAt: Date,
    cardRequestRevision: Number,
    cardsDueSince: Date,
    cardsLeaseId: String,
    cardsAttempts: Number,
    eventsDueAt: Date,
    eventsDueSince: Date,
    eventsLeaseId: String,
    eventsAttempts: Number,
    tellDueAt: Date,
    tellDueSince: Date,
    tellLeaseId: String,
    tellAttempts: Number,
    copiedRevision: Number,
    attention: { type: attentionSchema },
    openAttention: { type: [attentionSchema], default: undefined },
    needsLookAt: Date,
    waitingSince: Date,
    firstClaimedAt: Date,
    firstRepliedAt: Date,
    resolvedAt: Date,
    mergedInto: { type: Schema.Types.ObjectId, default: null },
    emptiedAt: Date,
    erasedBefore: Date,
    bodiesRemovedAt: Date,
    bodiesBatchAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

emailThreadSchema.index({ assignedTo: 1, status: 1, receivedAt: 1, _id: 1 }); // Unassigned, oldest first; counters
emailThreadSchema.index({ lastMessageAt: -1, _id: -1 }); // All
emailThreadSchema.index({ assignedTo: 1, lastMessageAt: -1, _id: -1 }); // Mine, and All by assignee
emailThreadSchema.index({ status: 1, lastMessageAt: -1, _id: -1 }); // All by status
emailThreadSchema.index({ from: 1 }, { collation: ADDRESS_COLLATION }); // export and erasure of a customer
// The same for people who were added and wrote no mail.
emailThreadSchema.index({ "participants.address": 1 }, { collation: ADDRESS_COLLATION });
// Resolved tickets whose texts are still kept, oldest first.
emailThreadSchema.index(
  { bodiesRemovedAt: 1, resolvedAt: 1 },
  { partialFilterExpression: { status: "resolved" } },
);
// Needs a look, the oldest first: of all, and of one assignee. Partial, so that it costs other threads nothing.
const NEEDS_LOOK = { partialFilterExpression: { needsLookAt: { $type: "date" } } };
emailThreadSchema.index({ needsLookAt: 1, _id: 1 }, NEEDS_LOOK);
emailThreadSchema.index({ assignedTo: 1, needsLookAt: 1, _id: 1 }, NEEDS_LOOK);
emailThreadSchema.index(
  { givenBackTo: 1, needsLookAt: 1, _id: 1 }, // Mine of whoever gave a ticket to somebody who declined it
  NEEDS_LOOK,
);
// Threads that a follower has to look at; partial, so that the others cost nothing.
emailThreadSchema.index({ cardsDueAt: 1 }, { partialFilterExpression: { cardsDueAt: { $exists: true } } });
emailThreadSchema.index({ eventsDueAt: 1 }, { partialFilterExpression: { eventsDueAt: { $exists: true } } });
// Those that are leased or wait for a retry, for the lag; and those whose assignee is to be told.
for (const field of ["cardsDueSince", "eventsDueSince", "tellDueAt", "tellDueSince"]) {
  emailThreadSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}

export const EmailThread = registered("EmailThread", emailThreadSchema);
