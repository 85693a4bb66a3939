import "server-only";
import mongoose, { type QueryFilter } from "mongoose";
import { openRawMail } from "@/lib/inbound/ledger";
import { trusted } from "@/lib/store/db";
import type { StoredErasure } from "@/models/ErasureModel";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { spellingsOf, type Customer, type LedgerRow } from "./customer";

/** Mails that one call looks at. */
const BATCH = 20;
/** How much of a mail is searched for its head, in bytes. */
const HEAD_MAX_BYTES = 256 * 1024;

type Row = LedgerRow & Pick<StoredInboundEmail, "state">;
type Place = StoredErasure["scannedTo"];

/**
 * The customer's mails among the next 20 that are in no ticket (failed, or a reply of ours that came back). Nothing
 * about them is stored but the envelope, so their raw heads are searched for the address. `scannedTo` is the place to
 * go on from; null at the end.
 */
export async function unfiledMailsOf(
  customer: Customer,
  { before, after }: { before: Date; after: Place },
): Promise<{ own: Row[]; scannedTo: Place }> {
  const rows = await InboundEmail.find({
    $or: [{ state: "failed" }, { state: "ignored", reason: "echo" }],
    $and: [
      { receivedAt: trusted({ $lte: before }) },
      after
        ? {
            $or: [
              { receivedAt: trusted({ $gt: after.receivedAt }) },
              { receivedAt: after.receivedAt, _id: trusted({ $gt: after.id }) },
            ],
          }
        : {},
    ],
  } as QueryFilter<StoredInboundEmail>)
    .select("state messageId rawFileId rawRemovedAt receivedAt envelopeFrom")
    .sort({ receivedAt: 1, _id: 1 })
    .limit(BATCH)
    .lean<Row[]>();
  const own: Row[] = [];
  for (const row of rows) if (!row.rawRemovedAt && (await isCustomers(row, customer))) own.push(row);
  const last = rows.at(-1);
  return { own, scannedTo: last ? { receivedAt: last.receivedAt, id: last._id } : null };
}

async function isCustomers({ _id, state }: Row, customer: Customer): Promise<boolean> {
  const fields = state === "failed" ? ["from:", "reply-to:", "sender:"] : ["to:", "cc:"];
  return namesIn(await readHead(_id), fields).some((line) =>
    spellingsOf(customer).some((address) => hasAddress(line, address)),
  );
}

async function readHead(ledgerId: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of (await openRawMail(ledgerId)) ?? []) {
      pieces.push(piece);
      length += piece.length;
      if (length >= HEAD_MAX_BYTES) break;
    }
  } catch (error) {
    if (!(error instanceof mongoose.mongo.MongoRuntimeError)) throw error; // the file is gone, so nothing is left of it
  }
  return Buffer.concat(pieces, Math.min(length, HEAD_MAX_BYTES));
}

/** The lines of these header fields, their continuations too, in lower case. */
function namesIn(bytes: Uint8Array, fields: string[]): string[] {
  const found: string[] = [];
  let isWanted = false;
  for (const line of new TextDecoder()
    .decode(bytes)
    .toLowerCase()
    .split(/\r\n|\n|\r/)) {
    if (line === "") break;
    const isContinued = line.startsWith(" ") || line.startsWith("\t");
    isWanted = isContinued ? isWanted : fields.some((field) => line.startsWith(field));
    if (isWanted) found.push(line);
  }
  return found;
}

/** Whether the whole address is in the line, and not only as part of a longer one. */
function hasAddress(line: string, address: string): boolean {
  for (let at = line.indexOf(address); at >= 0; at = line.indexOf(address, at + 1)) {
    const before = line[at - 1] ?? " ";
    const after = line[at + address.length] ?? " ";
    if (!/[\w.!#$%&'*+/=?^`{|}~-]/.test(before) && !/[\w.-]/.test(after)) return true;
  }
  return false;
}
