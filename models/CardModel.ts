import "server-only";
import { Schema, type Types } from "mongoose";
import { registered } from "./registered";

const CARD_STATES = ["new", "posting", "live", "moved", "gone", "dead"] as const;
export type CardState = (typeof CARD_STATES)[number];

/** The message of one thread in one destination. `_id` is "threadId:destinationId:gen". */
export type StoredCard = {
  _id: string;
  threadId: Types.ObjectId;
  destinationId: string;
  gen: number;
  state: CardState;
  messageId: string | null;
  channelId: string | null;
  syncedRevision: number; // -1 until the first post
  syncedHash: string | null;
  postedAt: Date | null;
  postStartedAt: Date | null;
  /** When there is something to do, or when the lease ends; null if there is nothing to do (lib/store/queue.ts). */
  dueAt: Date | null;
  dueSince: Date | null;
  leaseId: string | null;
  /** The lease before this one, if it was never ended: its worker may have sent a request. */
  formerLeaseId?: string | null;
  /** Edits that were answered after their worker had lost its lease. */
  lateEdits?: number;
  /** Failed attempts that were not Discord's fault. */
  failures?: number;
  /** Requests in a row that failed. */
  attempts: number;
  uncertainPosts: number;
  /** Limit of `uncertainPosts`; missing until a person has requested the card, which raises it. */
  uncertainPostsMax?: number;
  /** A sentence for the team. */
  lastError: string | null;
  /** The newest revision that the card has to show. */
  wantedRevision: number;
  /** Arrival of the newest customer mail that the card shows or tried to show; kept when `syncedRevision` is reset. */
  syncedInboundAt: Date | null;
  /** Hash of the text that Discord returned, which may differ from the text sent. */
  echoHash: string | null;
  /** Remaining comparisons of the message with `echoHash`, after an edit with an unknown outcome. */
  verifyLeft: number;
  /** Time of the next comparison; null if it waits for the next edit. Missing on cards older than the field. */
  verifyAt?: Date | null;
  failingSince: Date | null;
  /** Discord has refused the card once, so it goes without the customer's text. */
  withoutCustomerText: boolean;
  /** Whether the ticket needed attention when the card last showed it; missing is false. */
  showsAttention?: boolean;
  /** When the next generation took this card's place; its message then is one short line. */
  movedAt?: Date;
};

const cardSchema = new Schema<StoredCard>(
  {
    _id: { type: String, required: true },
    threadId: { type: Schema.Types.ObjectId, required: true },
    destinationId: { type: String, required: true },
    gen: { type: Number, required: true },
    state: { type: String, enum: CARD_STATES, required: true },
    messageId: { type: String, default: null },
    channelId: { type: String, default: null },
    syncedRevision: { type: Number, default: -1 },
    syncedHash: { type: String, default: null },
    postedAt: { type: Date, default: null },
    postStartedAt: { type: Date, default: null },
    dueAt: { type: Date, default: null },
    dueSince: { type: Date, default: null },
    leaseId: { type: String, default: null },
    formerLeaseId: String,
    lateEdits: Number,
    failures: Number,
    attempts: { type: Number, default: 0 },
    uncertainPosts: { type: Number, default: 0 },
    uncertainPostsMax: Number,
    lastError: { type: String, default: null },
    wantedRevision: { type: Number, default: 0 },
    syncedInboundAt: { type: Date, default: null },
    echoHash: { type: String, default: null },
    verifyLeft: { type: Number, default: 0 },
    verifyAt: { type: Date, default: null },
    failingSince: { type: Date, default: null },
    withoutCustomerText: { type: Boolean, default: false },
    showsAttention: Boolean,
    movedAt: Date,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

cardSchema.index({ dueAt: 1 }, { partialFilterExpression: { dueAt: { $type: "date" } } }); // cards to update
cardSchema.index({ dueSince: 1 }, { partialFilterExpression: { dueSince: { $type: "date" } } }); // their lag
cardSchema.index({ threadId: 1, gen: -1 }); // the card of a ticket page
cardSchema.index({ destinationId: 1, state: 1 }); // cards of a replaced webhook; failed cards
cardSchema.index(
  { destinationId: 1, postedAt: 1 },
  { partialFilterExpression: { postedAt: { $type: "date" } } },
); // whether a card is among the last in the channel
cardSchema.index(
  { destinationId: 1, movedAt: 1 },
  { partialFilterExpression: { movedAt: { $type: "date" } } },
); // moves in the last minute

export const Card = registered("Card", cardSchema);
