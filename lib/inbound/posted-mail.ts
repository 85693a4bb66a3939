import "server-only";
import { fail, ok, type Result } from "@/lib/result";
import { collectMail, type Collected } from "./collect-mail";
import { hasWorker } from "@/lib/process/heartbeat";
import { awaitTicket, ingestNow } from "./ingest";
import { beginIntake, type Intake } from "./intake";
import { MAIL_MAX_BYTES, receiveMail, recordRefusedMail, type Receipt } from "./ledger";

const UNKNOWN_ENVELOPE = { from: null, to: [] };

type PostedMail = { threadId: string | null } & Receipt;
type PostFailure = { reason: "too_large" | "broken_off" | "no_room" };

/**
 * Takes a raw mail that came as the body of a request; null and an empty body count as an empty mail, which the
 * ledger keeps as ignored. The mail is durable when this resolves with a value; `threadId` is null if its ticket
 * takes longer than `waitMs`, or if it will never have one (an empty mail, our own reply come back). A mail over 40 MB
 * fails as `too_large` and its beginning stays in the ledger; a body that ends early fails as `broken_off` and
 * leaves nothing. If the process takes in as many mails as it can, the mail fails as `no_room` before its body is
 * read, if its size was announced in `announcedBytes` (0 if it was not), or once it exceeds the room.
 */
export async function takePostedMail(
  body: AsyncIterable<Uint8Array> | null,
  announcedBytes = 0,
  waitMs = 5_000,
): Promise<Result<PostedMail, PostFailure>> {
  const intake = beginIntake({ announcedBytes: Math.min(announcedBytes, MAIL_MAX_BYTES), sender: null });
  if (!intake) return fail({ reason: "no_room" });
  let receipt: Result<Receipt, PostFailure>;
  try {
    receipt = await storeBody(body, intake);
  } finally {
    intake.release();
  }
  if (!receipt.ok) return receipt;
  return ok({ ...receipt.value, threadId: await ticketOf(receipt.value.ledgerId, waitMs) });
}

/** The mail's ticket, which a worker makes, or this process if there is no worker. */
async function ticketOf(ledgerId: string, waitMs: number): Promise<string | null> {
  return (await hasWorker()) ? awaitTicket(ledgerId, waitMs) : ingestNow(ledgerId, waitMs);
}

async function storeBody(
  body: AsyncIterable<Uint8Array> | null,
  intake: Intake,
): Promise<Result<Receipt, PostFailure>> {
  let mail: Collected;
  try {
    mail = await collectMail(body ?? [], intake, { stopEarly: true });
  } catch {
    return fail({ reason: "broken_off" });
  }
  if (mail.outcome === "no_room") return fail({ reason: "no_room" });
  if (mail.outcome === "too_large") {
    await recordRefusedMail({ ...mail, envelope: UNKNOWN_ENVELOPE, source: "http" });
    return fail({ reason: "too_large" });
  }
  return ok(await receiveMail({ raw: mail.raw, envelope: UNKNOWN_ENVELOPE, source: "http" }));
}
