import { ledgerIdOf, MAIL_MAX_BYTES, readRawMail } from "@/lib/inbound/ledger";
import { identifyMail } from "@/lib/mail/mail-hash";
import { trusted } from "@/lib/store/db";
import { FileMissingError } from "@/lib/store/file-store";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

type Row = Pick<StoredInboundEmail, "_id" | "inbox" | "repeat">;
export type CheckedMails = { sound: number; unchecked: number; broken: string[] };

/**
 * Recomputes the hash of every mail that the connected database holds whole. `broken` are rows that do not match their
 * mail, or whose mail is gone; `unchecked` counts rows of older versions whose mail had another id then.
 */
export async function checkRawMails(): Promise<CheckedMails> {
  const checked: CheckedMails = { sound: 0, unchecked: 0, broken: [] };
  // Of a larger mail only the beginning is kept, and nothing of one that was removed for privacy.
  const whole = { sizeBytes: trusted({ $lte: MAIL_MAX_BYTES }), rawRemovedAt: null };
  const rows = InboundEmail.find(whole, { inbox: 1, repeat: 1 }).lean<Row>().cursor();
  for await (const row of rows) {
    const state = await checkRow(row);
    if (state === "broken") checked.broken.push(row._id);
    else checked[state] += 1;
  }
  return checked;
}

async function checkRow({ _id, inbox, repeat }: Row): Promise<"sound" | "unchecked" | "broken"> {
  let raw: Buffer | null;
  try {
    raw = await readRawMail(_id);
  } catch (error) {
    if (!(error instanceof FileMissingError)) throw error;
    return "broken";
  }
  if (!raw) return "broken";
  const { hash, isMail } = await identifyMail(inbox, [raw]);
  if (ledgerIdOf(hash, repeat ?? 0) === _id) return "sound";
  return repeat === undefined && !isMail ? "unchecked" : "broken";
}
