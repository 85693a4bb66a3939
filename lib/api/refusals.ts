// Why the desk refuses: every reason there is, the facts that come with it, and its sentence. A leaf: the browser
// loads it too. Reasons never change once shipped.
import type { Assignment, DeliveryState, LedgerState, TicketMessage } from "./vocabulary";

/** Why a verb refused, with the facts that the reader needs besides the sentence. */
export type TicketFailure =
  | { reason: "not_found" }
  | ({ reason: "already_claimed" } & Assignment)
  | { reason: "not_assignee" }
  /** The assignment by now: all null if the ticket is unassigned, missing if it keeps changing. */
  | ({ reason: "changed_meanwhile" } & { [Field in keyof Assignment]?: Assignment[Field] | null })
  | { reason: "newer_messages"; messages: TicketMessage[]; lastMessageId: string | null }
  | { reason: "key_reused"; text: string }
  | { reason: "no_recipient" }
  | ({ reason: "delivery_failed"; detail: string; messageId: string } & Assignment)
  | { reason: "delivery_settled"; state: DeliveryState }
  | { reason: "cards_off" }
  | { reason: "cards_paused"; detail: string }
  | { reason: "nothing_to_retry"; state: LedgerState }
  | { reason: "mail_too_large" };

/** What the routes refuse by themselves, before any verb runs. */
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

export type RefusalReason = TicketFailure["reason"] | EdgeReason;

/** Every refusal: a sentence a person can act on, a code that never changes, and the facts of that code. */
export type RefusalBody = { error: string } & (TicketFailure | { reason: EdgeReason });

/** Whether a screen shows the sentence of a refusal and nothing else. A new reason does not compile until it is here. */
const IS_SENTENCE_ONLY = {
  not_found: true,
  already_claimed: false,
  not_assignee: true,
  changed_meanwhile: false,
  newer_messages: false,
  key_reused: false,
  no_recipient: true,
  delivery_failed: false,
  delivery_settled: true,
  cards_off: true,
  cards_paused: true,
  nothing_to_retry: true,
  mail_too_large: true,
  invalid_request: true,
  unauthenticated: false,
  not_on_team: true,
  forbidden: true,
  cross_origin: true,
  method_not_allowed: true,
  too_slow: true,
  too_large: true,
  unsupported_media_type: true,
  too_many_requests: true,
  internal_error: true,
  unavailable: true,
} as const satisfies Record<RefusalReason, boolean>;

type DetailedReason = {
  [Reason in RefusalReason]: (typeof IS_SENTENCE_ONLY)[Reason] extends true ? never : Reason;
}[RefusalReason];

/** A refusal that some screen tells in words of its own, with the facts for them. */
export type DetailedRefusal = { error: string } & (
  Extract<TicketFailure, { reason: DetailedReason }> | { reason: Extract<EdgeReason, DetailedReason> }
);

/** False for a reason that only a newer server knows, too. */
export function isDetailed(reason: string): reason is DetailedReason {
  const known: Record<string, boolean> = IS_SENTENCE_ONLY;
  return known[reason] === false;
}

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
      if (failure.assignedTo === null) return "This ticket changed meanwhile: nobody holds it now.";
      return failure.assignedToName
        ? `This ticket changed meanwhile: ${failure.assignedToName} holds it now.`
        : "This ticket keeps changing. Look at it again before you repeat this.";
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
    case "nothing_to_retry":
      return NOTHING_TO_RETRY[failure.state];
    case "mail_too_large":
      return "This mail was refused for its size and is not here to be tried again. Ask the sender for a smaller one.";
  }
}

const NOTHING_TO_RETRY: Record<LedgerState, string> = {
  received: "This mail is being tried already.",
  ticketed: "This mail is in its ticket already.",
  ignored: "This mail was ignored; there is nothing to try again.",
  failed: "This mail failed again meanwhile. Try again.",
};
