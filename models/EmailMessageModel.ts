import "server-only";
import { Schema, type Types } from "mongoose";
import {
  DELIVERY_ATTENTIONS,
  DELIVERY_CAUSES,
  DELIVERY_STATES,
  MESSAGE_DIRECTIONS,
  VERIFICATIONS,
  type DeclineNotice,
  type DeliveryState,
  type MailPerson,
  type MessageDirection,
  type Notice,
  type Verification,
} from "@/lib/api/vocabulary";
import { ADDRESS_COLLATION } from "./address-collation";
import { registered } from "./registered";

export type StoredAttachment = {
  filename: string;
  contentType: string;
  sizeBytes: number;
  fileId: Types.ObjectId; // GridFS, bucket "attachments"
  contentId?: string | null;
};

/** `detail` is a sentence of ours, `said` the mail server's words; `cameBack`: a report told of it later. */
type Undelivered = { address: string; detail: string; said?: string | null; cameBack?: boolean };
/** A mailing list: its posting address if known, and its List-Id. */
type StoredList = { address: string | null; id: string | null };

/**
 * One mail of a thread, or a notice of ours between mails. `_id` inbound: sha256(inbox, normalised Message-ID, hash of the
 * decoded content); outbound: sha256(threadId, memberId, idempotency key); notice: sha256 of the operation that files it.
 * So the insert of a duplicate fails.
 */
export type StoredMessage = {
  _id: string;
  threadId: Types.ObjectId;
  direction: MessageDirection;
  /** Its news about the delivery of a reply; missing on all other rows. */
  notice?: Notice;
  /** A member declined the ticket; missing on all other rows. */
  declined?: DeclineNotice;
  /** The customer's reaction to a reply, of which the mail is nothing more. */
  reaction?: { emoji: string; replyId: string };
  automatic: boolean;
  rfcMessageId: string | null; // with angle brackets
  inReplyTo: string | null;
  references: string[];
  from: string;
  fromName: string | null;
  /** The address in From, if that is not who wrote the mail. */
  via?: string | null;
  /** The mailing list that passed it on. */
  list?: StoredList;
  /** Missing: unchecked. */
  verification?: Verification;
  /** The sender was no participant when the mail came. */
  isNewcomer?: boolean;
  /** Whom a colleague's forward comes from, as its text says. */
  forwardedFrom?: MailPerson | null;
  /** The first address of Reply-To. */
  replyTo: string | null;
  to: string[];
  cc: string[];
  subject: string;
  text: string;
  visibleText: string;
  html: string | null;
  attachments: StoredAttachment[];
  ledgerId: string | null;
  parseProblem: string | null;
  /** Inbound: when it arrived. Outbound: when the desk accepted the reply. */
  at: Date;
  // Outbound, and inbound of a team member who wrote by mail. The name alone: somebody only claims to be them.
  authorId: string | null;
  authorEmail: string | null;
  authorName: string | null;
  // Outbound only.
  state: DeliveryState | null;
  /** When it is due, or when the lease of its attempt ends. */
  dueAt: Date | null;
  dueSince?: Date | null;
  leaseId: string | null;
  /** Attempts begun, which is the number of the last one. */
  attempts: number;
  /** Attempts that failed since a person last decided about it. */
  failures?: number;
  /** Since when its attempts have failed, until it goes out or a person decides about it. */
  failingSince?: Date | null;
  /** When that had taken so long that people are told. */
  delayedAt?: Date | null;
  /** It came back while an attempt was still under way, whose record then counts for nothing else. */
  cameBack?: boolean;
  /** Since when the customer had waited when it was written; null: the customer did not wait. */
  answersSince?: Date | null;
  /** The lease of an earlier attempt ran out: the mail may have left. */
  isInterrupted?: boolean;
  /** The earlier reply of its ticket that it waits for, and since when it has waited for any. */
  heldBy?: string | null;
  heldSince?: Date | null;
  /** When its thread is to be told of a new state. */
  threadDueAt?: Date;
  threadDueSince?: Date;
  threadLeaseId?: string;
  threadAttempts?: number;
  textHash: string | null;
  lastError: string | null;
  sentAt: Date | null;
  /** Recipients whom the mail server has taken it for; empty or missing: none, or all of a sent one. */
  takenFor?: string[];
  /** Recipients whom the mail server refused for good while others were taken. */
  undelivered?: Undelivered[];
  /** The mail server's words about an attempt that it refused or put off, one line. */
  serverSaid?: string | null;
  /** When its text and files were removed for privacy. */
  emptiedAt?: Date | null;
  /** When all that tells of its customer was removed; then `emptiedAt` is set too. */
  erasedAt?: Date | null;
};

const attachmentSchema = new Schema<StoredAttachment>(
  {
    filename: { type: String, required: true },
    contentType: { type: String, required: true },
    sizeBytes: { type: Number, required: true },
    fileId: { type: Schema.Types.ObjectId, required: true },
    contentId: String,
  },
  { _id: false },
);

const missedSchema = new Schema({ address: String, status: String, detail: String }, { _id: false });
const noticeSchema = new Schema<Notice>(
  {
    kind: { type: String, enum: DELIVERY_ATTENTIONS, required: true },
    replyId: { type: String, required: true },
    cause: { type: String, enum: [...DELIVERY_CAUSES, null], default: null },
    recipients: { type: [missedSchema], default: [] },
    detail: { type: String, default: "" },
    isProven: { type: Boolean, required: true },
  },
  { _id: false },
);

const personSchema = new Schema({ id: String, email: String, name: String }, { _id: false, id: false });
const declinedSchema = new Schema<DeclineNotice>(
  { by: { type: personSchema }, givenBy: { type: personSchema }, reason: String },
  { _id: false },
);

const emailMessageSchema = new Schema<StoredMessage>(
  {
    _id: { type: String, required: true },
    threadId: { type: Schema.Types.ObjectId, required: true },
    direction: { type: String, enum: MESSAGE_DIRECTIONS, required: true },
    notice: { type: noticeSchema },
    declined: { type: declinedSchema },
    reaction: { type: new Schema({ emoji: String, replyId: String }, { _id: false }) },
    automatic: { type: Boolean, default: false },
    rfcMessageId: { type: String, default: null },
    inReplyTo: { type: String, default: null },
    references: { type: [String], default: [] },
    from: { type: String, default: "" },
    fromName: { type: String, default: null },
    via: String,
    list: { type: new Schema<StoredList>({ address: String, id: String }, { _id: false, id: false }) },
    verification: { type: String, enum: VERIFICATIONS },
    isNewcomer: Boolean,
    forwardedFrom: { type: new Schema<MailPerson>({ address: String, name: String }, { _id: false }) },
    replyTo: { type: String, default: null },
    to: { type: [String], default: [] },
    cc: { type: [String], default: [] },
    subject: { type: String, default: "" },
    text: { type: String, default: "" },
    visibleText: { type: String, default: "" },
    html: { type: String, default: null },
    attachments: { type: [attachmentSchema], default: [] },
    ledgerId: { type: String, default: null },
    parseProblem: { type: String, default: null },
    at: { type: Date, required: true },
    authorId: { type: String, default: null },
    authorEmail: { type: String, default: null },
    authorName: { type: String, default: null },
    state: { type: String, enum: [...DELIVERY_STATES, null], default: null },
    dueAt: { type: Date, default: null },
    dueSince: Date,
    leaseId: { type: String, default: null },
    attempts: { type: Number, default: 0 },
    failures: Number,
    failingSince: Date,
    delayedAt: Date,
    cameBack: Boolean,
    answersSince: Date,
    isInterrupted: Boolean,
    heldBy: String,
    heldSince: Date,
    threadDueAt: Date,
    threadDueSince: Date,
    threadLeaseId: String,
    threadAttempts: Number,
    textHash: { type: String, default: null },
    lastError: { type: String, default: null },
    serverSaid: String,
    sentAt: { type: Date, default: null },
    takenFor: { type: [String], default: undefined },
    undelivered: {
      type: [
        new Schema({ address: String, detail: String, said: String, cameBack: Boolean }, { _id: false }),
      ],
      default: undefined,
    },
    emptiedAt: Date,
    erasedAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

emailMessageSchema.index({ threadId: 1, at: 1, _id: 1 }); // the conversation of a ticket page
// Replies that are not settled, and those of one thread.
emailMessageSchema.index(
  { state: 1, threadId: 1, at: 1 },
  { partialFilterExpression: { state: { $in: ["queued", "sending", "unconfirmed", "failed"] } } },
);
// Replies to send, and replies whose thread is to be told.
for (const field of ["dueAt", "dueSince", "threadDueAt", "threadDueSince"] as const) {
  emailMessageSchema.index({ [field]: 1 }, { partialFilterExpression: { [field]: { $type: "date" } } });
}
// Export and erasure of a customer.
for (const field of ["from", "replyTo", "to", "cc"] as const) {
  emailMessageSchema.index({ [field]: 1 }, { collation: ADDRESS_COLLATION });
}
// The same for mails that a colleague forwarded; sparse, since few are.
emailMessageSchema.index({ "forwardedFrom.address": 1 }, { collation: ADDRESS_COLLATION, sparse: true });

// The same for recipients of whom a notice tells that a reply did not reach them.
emailMessageSchema.index({ "notice.recipients.address": 1 }, { collation: ADDRESS_COLLATION, sparse: true });

export const EmailMessage = registered("EmailMessage", emailMessageSchema);
