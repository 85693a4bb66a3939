import "server-only";
import { connectDb } from "@/lib/store/db";
import { mediaType } from "@/lib/http/body";
import { Refusal } from "@/lib/http/refusal";
import { collectMail, type Collected } from "./collect-mail";
import { ingestNow } from "./ingest";
import { receiveMail, recordRefusedMail, type Receipt } from "./ledger";

const UNKNOWN_ENVELOPE = { from: null, to: [] };

export type PostedMail = { accepted: true; threadId: string | null } & Receipt;

/**
 * Takes the raw mail in a request's body. It is durable when this resolves; `threadId` is null where the ticket takes
 * longer than 5 s, or where there will be none (an empty mail, our own reply come back). Refuses with 415 what is not
 * message/rfc822, with 413 what is larger than 40 MB (its beginning stays in the ledger as failed), and with 400 a
 * body that broke off. An empty body is a mail like any other: accepted, and in the ledger as ignored.
 */
export async function takePostedMail(request: Request): Promise<PostedMail> {
  if (mediaType(request) !== "message/rfc822") {
    throw new Refusal("unsupported_media_type", "Send the raw mail as message/rfc822.");
  }
  await connectDb();
  const mail = await readMail(request);
  if (mail.isTooLarge) {
    await recordRefusedMail({ ...mail, envelope: UNKNOWN_ENVELOPE, source: "http" });
    throw new Refusal("too_large", "The mail is larger than 40 MB. Its beginning is kept in the ledger.");
  }
  const receipt = await receiveMail({ raw: mail.raw, envelope: UNKNOWN_ENVELOPE, source: "http" });
  return { accepted: true, ...receipt, threadId: await ingestNow(receipt.ledgerId) };
}

async function readMail(request: Request): Promise<Collected> {
  if (!request.body) return { isTooLarge: false, raw: Buffer.alloc(0), sizeBytes: 0 };
  try {
    // The DOM's type lacks what Node's own streams have: they can be iterated.
    const body = request.body as unknown as AsyncIterable<Uint8Array>;
    return await collectMail(body, { stopEarly: true });
  } catch {
    throw new Refusal("invalid_request", "The mail did not arrive whole. Send it again.", { issues: [] });
  }
}
