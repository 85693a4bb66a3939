import "server-only";
import type { FailureReason, LedgerState, TicketFailure } from "@/lib/api/vocabulary";

/** What the edge itself refuses, before any verb runs. */
export type EdgeReason =
  | "invalid_request"
  | "unauthenticated"
  | "not_on_team"
  | "forbidden"
  | "cross_origin"
  | "method_not_allowed"
  | "too_slow"
  | "too_large"
  | "unsupported_media_type"
  | "too_many_requests"
  | "internal_error"
  | "unavailable";

/** The one table from reason to status. A reason without a status does not compile. */
export const STATUS_OF: Record<FailureReason | EdgeReason, number> = {
  invalid_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_on_team: 403,
  cross_origin: 403,
  not_assignee: 403,
  not_found: 404,
  method_not_allowed: 405,
  too_slow: 408,
  already_claimed: 409,
  changed_meanwhile: 409,
  newer_messages: 409,
  key_reused: 409,
  delivery_settled: 409,
  cards_off: 409,
  cards_paused: 409,
  not_failed: 409,
  mail_too_large: 409,
  too_large: 413,
  unsupported_media_type: 415,
  no_recipient: 422,
  too_many_requests: 429,
  internal_error: 500,
  delivery_failed: 502,
  unavailable: 503,
};

/** The sentence that goes with a verb's refusal: what happened, then what to do. */
export function sentenceOf(failure: TicketFailure): string {
  switch (failure.reason) {
    case "not_found":
      return "There is no such ticket.";
    case "already_claimed":
      return `${failure.assignedToName} has already claimed this ticket.`;
    case "not_assignee":
      return "You can only unclaim your own tickets";
    case "changed_meanwhile":
      return failure.assignedToName
        ? `This ticket changed meanwhile: ${failure.assignedToName} holds it now.`
        : "This ticket changed meanwhile: nobody holds it now.";
    case "newer_messages":
      return "Not sent: something newer was written in this ticket. Read it, then send or change your reply.";
    case "key_reused":
      return "This idempotency key was used for a reply with another text. Use a new key for a new reply.";
    case "no_recipient":
      return "This ticket has no address that mail can be sent to. Your text was not sent; reach the customer another way.";
    case "delivery_failed":
      return `Not delivered: ${failure.detail} You still hold the ticket and your text is kept.`;
    case "delivery_settled":
      return `This reply is already ${failure.state}; there is nothing left to do.`;
    case "cards_off":
      return "Cards are off, since no Discord webhook is set. Ask an admin to set DISCORD_WEBHOOK_URL.";
    case "cards_paused":
      return failure.detail;
    case "not_failed":
      return NOT_FAILED[failure.state];
    case "mail_too_large":
      return "This mail was refused for its size and is not here to be tried again. Ask the sender for a smaller one.";
  }
}

const NOT_FAILED: Record<LedgerState, string> = {
  received: "This mail is being tried already.",
  ticketed: "This mail is in its ticket already.",
  ignored: "This mail was ignored; there is nothing to try again.",
  failed: "This mail failed again meanwhile. Try again.",
};
