import "server-only";
import { fail, ok, type Result } from "@/lib/result";
import { collectMail, type Collected } from "./collect-mail";
import { ingestNow } from "./ingest";
import { receiveMail, recordRefusedMail, type Receipt } from "./ledger";

const UNKNOWN_ENVELOPE = { from: null, to: [] };

type PostedMail = { threadId: string | null } & Receipt;
type PostFailure = { reason: "too_large" | "broken_off" };

/**
 * Takes a raw mail that came as the body of a request; null and an empty body count as an empty mail, which the
 * ledger keeps as ignored. The mail is durable when this resolves with a value; `threadId` is null if its ticket takes longer
 * than 5 s, or if it will never have one (an empty mail, our own reply come back). A mail over 40 MB fails as
 * `too_large` and its beginning stays in the ledger; a body that ends early fails as `broken_off` and leaves nothing.
 */
export async function takePostedMail(
  body: AsyncIterable<Uint8Array> | null,
): Promise<Result<PostedMail, PostFailure>> {
  let mail: Collected;
  try {
    mail = await collectMail(body ?? [], { stopEarly: true });
  } catch {
    return fail({ reason: "broken_off" });
  }
  if (mail.isTooLarge) {
    await recordRefusedMail({ ...mail, envelope: UNKNOWN_ENVELOPE, source: "http" });
    return fail({ reason: "too_large" });
  }
  const receipt = await receiveMail({ raw: mail.raw, envelope: UNKNOWN_ENVELOPE, source: "http" });
  return ok({ ...receipt, threadId: await ingestNow(receipt.ledgerId) });
}
