import { readRawMail } from "@/lib/inbound/ledger";
import { mailHash } from "@/lib/mail/mail-hash";
import { trusted } from "@/lib/store/db";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";

/** Recomputes the hash of every mail the connected database kept whole, and names the rows it does not match. */
export async function checkRawMails(): Promise<{ sound: number; broken: string[] }> {
  const broken: string[] = [];
  let sound = 0;
  // Of a mail refused for its size only the beginning is kept; its row is `failed`.
  const rows = InboundEmail.find({ state: trusted({ $ne: "failed" as const }) }, { inbox: 1 })
    .lean<Pick<StoredInboundEmail, "_id" | "inbox">>()
    .cursor();
  for await (const { _id, inbox } of rows) {
    const raw = await readRawMail(_id);
    if (raw && mailHash(inbox, raw) === _id) sound += 1;
    else broken.push(_id);
  }
  return { sound, broken };
}
