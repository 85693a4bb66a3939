import "server-only";
import { Schema } from "mongoose";
import { registered } from "./registered";

/**
 * The one row, "desk", about the desk itself. `key` goes into the ids of mails and threads: it is the first support
 * address that this database has seen and never changes, so that another support address splits nothing.
 */
export type StoredDesk = {
  _id: "desk";
  key: string;
  /** Keys of mails stored by versions that used the support address of the day. */
  olderKeys: string[];
  /** Every support address that the desk has had, as `addressKey` writes it. */
  addresses: string[];
  /** Whether the mail server takes addresses with characters beyond ASCII (SMTPUTF8), as it said last; null: never asked. */
  takesUtf8?: boolean | null;
};

const deskSchema = new Schema<StoredDesk>(
  {
    _id: { type: String, required: true },
    key: { type: String, required: true },
    olderKeys: { type: [String], required: true },
    addresses: { type: [String], required: true },
    takesUtf8: Boolean,
  },
  { autoIndex: false, autoCreate: false, versionKey: false, strict: "throw" },
);

export const Desk = registered("Desk", deskSchema);
