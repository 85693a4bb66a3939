import "server-only";
import { trusted } from "@/lib/store/db";
import { nudge } from "@/lib/process/nudge";
import { fail, ok, type Result } from "@/lib/result";
import type { ContentId } from "@/lib/api/contracts";
import type { FailureOf } from "@/lib/api/refusals";
import { literal, newOperation } from "@/lib/tickets/transition";
import { settleOutcome } from "@/lib/store/unknown-outcome";
import { InboundEmail, type StoredInboundEmail } from "@/models/InboundEmailModel";
import { MAIL_MAX_BYTES } from "./ledger";

type RetryFailure = FailureOf<"nothing_to_retry" | "mail_too_large" | "no_longer_kept">;

/**
 * Retries a failed mail, counting its attempts from the start. Of any number of simultaneous calls one succeeds and the
 * others learn that the mail is no longer failed. A mail that was refused for its size was not kept whole and stays
 * failed. Null if there is no such mail. Safe to repeat with the same `op`.
 */
export async function retryMail(
  ledgerId: ContentId,
  op = newOperation(),
): Promise<Result<ContentId, RetryFailure> | null> {
  return settleOutcome(async () => {
    const retried = await InboundEmail.updateOne(
      {
        _id: ledgerId,
        state: "failed",
        sizeBytes: trusted({ $lte: MAIL_MAX_BYTES }),
        rawRemovedAt: null,
        retryOp: trusted({ $ne: op }), // it may have failed again since this call's first attempt
      },
      [
        {
          $set: {
            ...{ state: "received", dueAt: "$$NOW", dueSince: null, leaseId: null },
            ...{ attempts: 0, error: null, retryOp: literal(op) },
          },
        },
      ],
      { updatePipeline: true },
    );
    if (retried.matchedCount === 0) return explainRefusal(ledgerId, op);
    nudge("ingest");
    return ok(ledgerId);
  });
}

async function explainRefusal(
  ledgerId: ContentId,
  op: string,
): Promise<Result<ContentId, RetryFailure> | null> {
  const row = await InboundEmail.findById(ledgerId, {
    state: 1,
    sizeBytes: 1,
    retryOp: 1,
    rawRemovedAt: 1,
  }).lean<Pick<StoredInboundEmail, "state" | "sizeBytes" | "retryOp" | "rawRemovedAt">>();
  if (!row) return null;
  if (row.retryOp === op) return ok(ledgerId);
  if (row.rawRemovedAt) return fail({ reason: "no_longer_kept" });
  if (row.sizeBytes > MAIL_MAX_BYTES) return fail({ reason: "mail_too_large" });
  return fail({ reason: "nothing_to_retry", state: row.state });
}
