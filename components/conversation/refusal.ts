import type { Refused } from "@/components/desk-api";
import type { FailureReason, TicketFailure } from "@/lib/tickets/ticket";

const REASONS: Record<FailureReason, true> = {
  not_found: true,
  already_claimed: true,
  not_assignee: true,
  changed_meanwhile: true,
  newer_messages: true,
  key_reused: true,
  no_recipient: true,
  delivery_failed: true,
  delivery_settled: true,
};

/** What a verb's refusal says besides its sentence; null for what the edge refused before any verb ran. */
export function factsOf({ reason, body }: Refused): TicketFailure | null {
  // A route answers a verb's failure with its reason and, beside it, exactly the facts of that TicketFailure.
  return Object.hasOwn(REASONS, reason) ? (body as unknown as TicketFailure) : null;
}
