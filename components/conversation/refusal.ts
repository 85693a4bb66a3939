import type { Refused } from "@/components/client/desk-api";
import type { RefusalReason, TicketFailure } from "@/lib/api/refusals";

const WITH_FACTS = [
  "already_claimed",
  "changed_meanwhile",
  "newer_messages",
  "key_reused",
  "delivery_failed",
] as const satisfies readonly RefusalReason[];

type Facts = Extract<TicketFailure, { reason: (typeof WITH_FACTS)[number] }>;

/** What a refusal says besides its sentence (who holds it, what is newer); null for one that is all sentence. */
export function factsOf({ reason, body }: Refused): Facts | null {
  // A route answers a verb's failure with its reason and, beside it, exactly the facts of that failure.
  return WITH_FACTS.some((known) => known === reason) ? (body as unknown as Facts) : null;
}
