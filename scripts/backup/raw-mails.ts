import { MAIL_MAX_BYTES, readRawMail } from "@/lib/inbound/ledger";
import { mailHash } from "@/lib/mail/mail-hash";
import { trusted } from "@/lib/store/db";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

/** Recomputes the hash of every mail that the connected database holds whole. `broken` are rows it does not match. */
export async function checkRawMails(): Promise<{ sound: number; broken: string[] }> {
  const broken: string[] = [];
  let sound = 0;
  // Of a larger mail only the beginning is kept.
  const rows = InboundEmail.find({ sizeBytes: trusted({ $lte: MAIL_MAX_BYTES }) }, { inbox: 1 })
    .lean<Pick<StoredInboundEmail, "_id" | "inbox">>()
    .cursor();
  for await (const { _id, inbox } of rows) {
    const raw = await readRawMail(_id);
    if (raw && mailHash(inbox, raw) === _id) sound += 1;
    else broken.push(_id);
  }
  return { sound, broken };
}
