import "server-only";
import { Schema, type Types } from "mongoose";
import {
  LEDGER_STATES,
  MAIL_OUTCOMES,
  type IgnoredReason,
  type LedgerState,
  type MailOutcome,
} from "@/lib/api/vocabulary";
import { ADDRESS_COLLATION } from "./address-collation";
import { registered } from "./registered";

/**
 * The ledger: one row for every mail that arrived, written before it is parsed. `_id` is a hash of the inbox and the mail
 * (lib/mail/mail-hash.ts), so the same mail again finds its own row; a later repeat of an undated mail has a hash of both.
 */
export type StoredInboundEmail = {
  _id: string;
  inbox: string;
  state: LedgerState;
  /** The mail as it arrived, in rows of older versions only. */
  raw: Buffer | null;
  /** The mail as it arrived: a file of the bucket "raw" that never changes. Null if nothing of it came. */
  rawFileId: Types.ObjectId | null;
  sizeBytes: number;
  envelopeFrom: string | null;
  envelopeTo: string[];
  /** Who handed it over by SMTP. Null if it was posted, and once its customer is erased; missing in older rows. */
  peer?: { address: string; helo: string | null } | null;
  source: "http" | "smtp";
  receivedAt: Date;
  /** How often it arrived. */
  copies: number;
  /** The arrival that made the row, so that a retried write recognises its own. */
  arrivalId: string | null;
  reason: IgnoredReason | null;
  error: string | null; // why it failed, as a sentence for a person
  /** Failed attempts; one whose worker died counts as well. */
  attempts: number;
  /** When it is due, or when its lease ends. */
  dueAt: Date | null;
  dueSince?: Date | null;
  leaseId: string | null;
  threadId: Types.ObjectId | null;
  messageId: string | null;
  /** Null unless ticketed, for a copy of a mail that its ticket already had, and in rows older than the field. */
  outcome?: MailOutcome | null;
  /** Read in a lane of its own: it is larger than 1 MB, or it or its sender once ran into a limit. */
  isSlow?: boolean | null;
  /** Its sender by its From field, while it waits in the slow lane. */
  slowSender?: string | null;
  /** Files stored by attempts that have not filed the mail, with repeats; the next attempt deletes them. */
  storedFiles?: Types.ObjectId[];
  /** 0 for the first arrival, n for the n-th time that an undated mail came as a new one. Missing in older rows. */
  repeat?: number;
  /** In the row of the first arrival: a repeat that there is; there may be later ones. */
  lastRepeat?: number;
  /** The last retry by a person, so that a retried write recognises its own. */
  retryOp?: string | null;
  /** When the mail as it arrived was removed for privacy. State and identity stay: the same mail again is a copy. */
  rawRemovedAt?: Date | null;
  /** When the envelope too was removed, since its customer was erased. */
  erasedAt?: Date | null;
};

const inboundEmailSchema = new Schema<StoredInboundEmail>(
  {
    _id: { type: String, required: true },
    inbox: { type: String, required: true },
    state: { type: String, enum: LEDGER_STATES, required: true },
    raw: { type: Buffer, default: null },
    rawFileId: { type: Schema.Types.ObjectId, default: null },
    sizeBytes: { type: Number, required: true },
    envelopeFrom: { type: String, default: null },
    envelopeTo: { type: [String], default: [] },
    peer: {
      type: new Schema(
        { address: { type: String, required: true }, helo: { type: String, default: null } },
        { _id: false },
      ),
      default: null,
    },
    source: { type: String, enum: ["http", "smtp"], required: true },
    receivedAt: { type: Date, required: true },
    copies: { type: Number, default: 1 },
    arrivalId: { type: String, default: null },
    reason: { type: String, default: null },
    error: { type: String, default: null },
    attempts: { type: Number, default: 0 },
    dueAt: { type: Date, default: null },
    dueSince: Date,
    leaseId: { type: String, default: null },
    threadId: { type: Schema.Types.ObjectId, default: null },
    messageId: { type: String, default: null },
    outcome: { type: String, enum: [...MAIL_OUTCOMES, null], default: null },
    isSlow: { type: Boolean, default: null },
    slowSender: String,
    storedFiles: { type: [Schema.Types.ObjectId], default: undefined },
    repeat: { type: Number, default: undefined },
    lastRepeat: { type: Number, default: undefined },
    retryOp: { type: String, default: null },
    rawRemovedAt: Date,
    erasedAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

// Mail that the ingest followers, one for each lane, have to turn into tickets.
inboundEmailSchema.index({ isSlow: 1, dueAt: 1 }, { partialFilterExpression: { state: "received" } });
inboundEmailSchema.index({ dueSince: 1 }, { partialFilterExpression: { dueSince: { $type: "date" } } }); // their lag
inboundEmailSchema.index({ state: 1, receivedAt: -1, _id: -1 }); // the mail page, by state
inboundEmailSchema.index({ receivedAt: -1, _id: -1 }); // the mail page, newest first
inboundEmailSchema.index({ state: 1, outcome: 1, reason: 1, receivedAt: -1 }); // the mail page's figures, from the index alone
inboundEmailSchema.index({ state: 1, rawRemovedAt: 1, receivedAt: 1 }); // raw mails past their retention, oldest first
inboundEmailSchema.index({ messageId: 1 }, { partialFilterExpression: { state: "ticketed" } }); // copies of a customer's mail
inboundEmailSchema.index({ envelopeFrom: 1 }, { collation: ADDRESS_COLLATION }); // mails of a customer without a ticket

export const InboundEmail = registered("InboundEmail", inboundEmailSchema);
