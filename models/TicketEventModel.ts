import "server-only";
import { Schema, type Types } from "mongoose";
import type { StoredHistoryLine } from "./EmailThreadModel";
import { registered } from "./registered";

/** The permanent history, one document a line. `_id` is "threadId:revision". */
export type StoredTicketEvent = Omit<StoredHistoryLine, "op" | "before"> & {
  _id: string;
  threadId: Types.ObjectId;
};

const ticketEventSchema = new Schema<StoredTicketEvent>(
  {
    _id: { type: String, required: true },
    threadId: { type: Schema.Types.ObjectId, required: true },
    kind: { type: String, required: true },
    at: { type: Date, required: true },
    revision: { type: Number, required: true },
    by: { type: Schema.Types.Mixed, default: null },
    way: String,
    assignee: Schema.Types.Mixed,
    formerAssignee: Schema.Types.Mixed,
    note: String,
    undoes: String,
    claimedAt: Date,
    statusFrom: String,
    statusTo: String,
    messageId: String,
    action: String,
    reason: String,
    sawMessageId: String,
    added: { type: [String], default: undefined },
    removed: { type: [String], default: undefined },
    customer: String,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

ticketEventSchema.index({ threadId: 1, revision: 1 }); // the history of a ticket page

export const TicketEvent = registered("TicketEvent", ticketEventSchema);
