import "server-only";
import { outboundSettings } from "@/lib/mail/outbound-settings";
import { fail, ok, type Result } from "@/lib/result";
import { EmailMessage, type StoredMessage } from "@/models/EmailMessageModel";
import type { ReplyResponse } from "@/lib/api/contracts";
import type { AcceptedReply } from "@/lib/tickets/held-reply";
import type { FailureOf } from "@/lib/api/refusals";
import type { DeliveryState } from "@/lib/api/vocabulary";

/** Longest time a request waits for the mail server, in milliseconds. Delivery goes on afterwards. */
const DELIVERY_WAIT_MS = 8_000;
const LOOK_EVERY_MS = 100;

type DeliveryFailure = FailureOf<"delivery_failed" | "delivery_settled">;

const ROW_FIELDS = { state: 1, dueAt: 1, lastError: 1, threadDueAt: 1 } as const;

/**
 * Waits up to 8 s for the final state of an accepted reply, and returns its state by then. Does not wait for a reply
 * that cannot be sent that soon: it can still be undone, waits for a retry, or no mail server is set. A reply that the
 * mail server refused for good is a failure; the ticket stays claimed, says so by then, and the text is kept.
 */
export async function awaitDelivery(
  reply: AcceptedReply,
  waitMs = DELIVERY_WAIT_MS,
): Promise<Result<AcceptedReply, DeliveryFailure>> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const row = await EmailMessage.findById(reply.messageId, ROW_FIELDS)
      .orFail()
      .lean<Pick<StoredMessage, keyof typeof ROW_FIELDS>>();
    const state = row.state ?? "queued";
    // So that whoever reads this answer finds in the ticket what went wrong.
    const isTold = !row.threadDueAt || Date.now() >= deadline;
    if (state === "failed" && isTold) {
      const detail = row.lastError ?? "The mail server refused it.";
      return fail({ reason: "delivery_failed", detail, messageId: reply.messageId, ...reply.assignment });
    }
    if (state === "cancelled") return fail({ reason: "delivery_settled", state });
    const isFinal = state === "sent" || (state !== "queued" && state !== "sending" && isTold);
    const isLater = state === "queued" && (!outboundSettings() || (row.dueAt?.getTime() ?? 0) > deadline);
    if (isFinal || isLater || Date.now() >= deadline) return ok({ ...reply, state });
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** A reply that has come back already was sent; the ticket says the rest. */
const DELIVERIES: Record<DeliveryState, ReplyResponse["delivery"]> = {
  queued: "queued",
  sending: "queued",
  failed: "queued",
  cancelled: "queued",
  unconfirmed: "unconfirmed",
  sent: "sent",
  came_back: "sent",
};

export function toReplyResponse({ messageId, state, assignment }: AcceptedReply): ReplyResponse {
  const delivery = DELIVERIES[state];
  return { success: true, delivery, messageId, ...assignment };
}
