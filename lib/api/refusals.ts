// Why the desk refuses: every reason there is, the facts that come with it, and its sentence. A leaf: the browser
// loads it too. Reasons never change once shipped.
import type { Conversation, SettingsResponse } from "./contracts";
import type { Assignment, DeliveryState, LedgerState, Person, TicketMessage } from "./vocabulary";

/** Why a verb refused, with the facts that the reader needs besides the sentence. */
export type TicketFailure =
  | { reason: "not_found" }
  | ({ reason: "already_claimed" } & Assignment)
  /** `act` is the one refused; missing: unclaim. */
  | { reason: "not_assignee"; act?: "unclaim" | "reassign" | "assign" | "decline" }
  | { reason: "unknown_member"; memberId: string; why: "unknown" | "removed" | "viewer" }
  | { reason: "not_handed_over" }
  /** `by` has acted on the ticket since; null: something else came, or it was too long ago. */
  | { reason: "nothing_to_undo"; by: Person | null }
  /** The key, or operation, has done something else before. */
  | { reason: "other_operation" }
  | { reason: "job_running" }
  | { reason: "named_twice" }
  | { reason: "nothing_matches" }
  | { reason: "no_such_job" }
  | { reason: "too_many_jobs" }
  /** The job's author left the team, or may not do this any more. */
  | { reason: "author_removed"; name: string }
  /** The assignment by now: all null if the ticket is unassigned, missing if it keeps changing. */
  | ({ reason: "changed_meanwhile" } & { [Field in keyof Assignment]?: Assignment[Field] | null } & {
      /** The settings by now, if they are what changed. */
      settings?: SettingsResponse;
    })
  | { reason: "newer_messages"; messages: TicketMessage[]; lastMessageId: string | null }
  /** Its author sent the same text within the last minute: `messages` has that reply. */
  | { reason: "same_text"; messages: TicketMessage[]; lastMessageId: string | null }
  | { reason: "key_reused"; text: string }
  | { reason: "no_recipient" }
  /** `problem` is the whole sentence. */
  | { reason: "invalid_recipient"; address: string; problem: string }
  | ({ reason: "recipients_changed" } & Conversation)
  | { reason: "too_many_participants" }
  | ({ reason: "delivery_failed"; detail: string; messageId: string } & Assignment)
  | { reason: "delivery_settled"; state: DeliveryState }
  | { reason: "cards_off" }
  | { reason: "cards_paused"; detail: string }
  | { reason: "nothing_to_retry"; state: LedgerState }
  | { reason: "mail_too_large" }
  | { reason: "retried_already" }
  | { reason: "not_stopped" }
  | { reason: "no_longer_kept" }
  | { reason: "not_confirmed" }
  | { reason: "no_such_member" }
  | { reason: "own_removal" }
  | { reason: "removed_meanwhile" };

/** The failures of one verb, by their reasons. */
export type FailureOf<Reason extends TicketFailure["reason"]> = Extract<TicketFailure, { reason: Reason }>;

/**
 * The one list of reasons: first those of verbs, then those of the routes themselves. "facts" if some screen has words
 * of its own for the reason; "sentence" if screens show the sentence that came with it.
 */
const REASONS = {
  not_found: "sentence",
  already_claimed: "facts",
  not_assignee: "sentence",
  unknown_member: "sentence",
  not_handed_over: "sentence",
  nothing_to_undo: "sentence",
  other_operation: "sentence",
  job_running: "sentence",
  named_twice: "sentence",
  nothing_matches: "sentence",
  no_such_job: "sentence",
  too_many_jobs: "sentence",
  author_removed: "sentence",
  changed_meanwhile: "facts",
  newer_messages: "facts",
  same_text: "facts",
  key_reused: "facts",
  no_recipient: "sentence",
  invalid_recipient: "sentence",
  recipients_changed: "facts",
  too_many_participants: "sentence",
  delivery_failed: "facts",
  delivery_settled: "sentence",
  cards_off: "sentence",
  cards_paused: "sentence",
  nothing_to_retry: "sentence",
  mail_too_large: "sentence",
  retried_already: "sentence",
  not_stopped: "sentence",
  no_longer_kept: "sentence",
  not_confirmed: "sentence",
  no_such_member: "sentence",
  own_removal: "sentence",
  removed_meanwhile: "sentence",

  invalid_request: "sentence",
  unauthenticated: "facts",
  not_on_team: "facts",
  other_member: "facts",
  forbidden: "sentence",
  cross_origin: "sentence",
  method_not_allowed: "sentence",
  too_slow: "sentence",
  too_large: "sentence",
  unsupported_media_type: "sentence",
  too_many_requests: "sentence",
  internal_error: "sentence",
  unavailable: "sentence",
} as const satisfies Record<TicketFailure["reason"] | (string & {}), "facts" | "sentence">;

export type RefusalReason = keyof typeof REASONS;
export type EdgeReason = Exclude<RefusalReason, TicketFailure["reason"]>;
type DetailedReason = {
  [Reason in RefusalReason]: (typeof REASONS)[Reason] extends "facts" ? Reason : never;
}[RefusalReason];

/** A refusal that some screen has words of its own for, with the facts for them. */
export type DetailedRefusal = { error: string } & (
  Extract<TicketFailure, { reason: DetailedReason }> | { reason: Extract<EdgeReason, DetailedReason> }
);

/** False also for a reason that only a newer server knows. */
export function isDetailed(reason: string): reason is DetailedReason {
  return Object.entries(REASONS).some(([known, told]) => known === reason && told === "facts");
}

/** The sentence that goes with a verb's refusal: what happened, then what to do. */
export function sentenceOf(failure: TicketFailure): string {
  switch (failure.reason) {
    case "not_found":
      return "There is no such ticket.";
    case "already_claimed":
      return `${failure.assignedToName} has already claimed this ticket.`;
    case "not_assignee":
      return NOT_ASSIGNEE[failure.act ?? "unclaim"];
    case "unknown_member":
      return UNKNOWN_MEMBER[failure.why];
    case "not_handed_over":
      return "Nobody gave you this ticket, or you have worked on it since. Unclaim it instead.";
    case "nothing_to_undo":
      return failure.by
        ? `This can’t be undone any more: ${failure.by.name || failure.by.email} has worked on the ticket since.`
        : "This can’t be undone any more: something came in the ticket since, or it was too long ago.";
    case "other_operation":
      return "This idempotency key did something else before, so nothing was done. Use a new key.";
    case "job_running":
      return "This job still runs. Wait for its end, or cancel it, then undo it.";
    case "named_twice":
      return "This ticket is named twice. It was done once.";
    case "nothing_matches":
      return "Nothing matches any more, so there is nothing to do.";
    case "no_such_job":
      return "There is no such job of yours.";
    case "too_many_jobs":
      return "Three of your jobs run already. Wait for one to end, or cancel one.";
    case "author_removed":
      return `Not done: ${failure.name} may not do this any more.`;
    case "changed_meanwhile":
      if (failure.settings) return "Somebody else changed the settings meanwhile. Look at them again.";
      if (failure.assignedTo === null) return "This ticket changed meanwhile: nobody holds it now.";
      return failure.assignedToName
        ? `This ticket changed meanwhile: ${failure.assignedToName} holds it now.`
        : "This ticket keeps changing. Look at it again before you repeat this.";
    case "newer_messages":
      return "Nothing was done: there is something newer in this ticket. Read it, then send yours or change the status.";
    case "same_text":
      return "Not sent: you sent the same text a moment ago. Send it again only if it is meant to go out twice.";
    case "key_reused":
      return "This reply was accepted before, with another text or for other recipients. Use a new key for a new reply.";
    case "no_recipient":
      return "Not sent: there is no address in To that mail can be sent to. Add somebody to To, then send again.";
    case "invalid_recipient":
      return failure.problem;
    case "recipients_changed":
      return "Not sent: the recipients of this ticket changed meanwhile. Look at them, then send again.";
    case "too_many_participants":
      return "A conversation has at most 50 people. Remove somebody first.";
    case "delivery_failed":
      return `Not delivered: ${failure.detail} You still hold the ticket and your text is kept.`;
    case "delivery_settled":
      return SETTLED[failure.state];
    case "cards_off":
      return "Cards are off, since no Discord webhook is set. Ask an admin to set DISCORD_WEBHOOK_URL.";
    case "cards_paused":
      return failure.detail;
    case "nothing_to_retry":
      return NOTHING_TO_RETRY[failure.state];
    case "mail_too_large":
      return "This mail was refused for its size and is not here to be tried again. Ask the sender for a smaller one.";
    case "retried_already":
      return "Somebody else has had this retried already.";
    case "not_stopped":
      return "This is not stopped any more: it has been done, or there is nothing left to do.";
    case "no_longer_kept":
      return "This mail is no longer kept as it arrived: the desk removed it for privacy.";
    case "not_confirmed":
      return "Nothing was erased: type the customer's address again to confirm.";
    case "no_such_member":
      return "There is no such team member.";
    case "own_removal":
      return "You cannot remove yourself. Ask another admin to do it.";
    case "removed_meanwhile":
      return "Nothing was changed: you are no longer an admin of this team.";
  }
}

// The first one is the plan's.
const NOT_ASSIGNEE = {
  unclaim: "You can only unclaim your own tickets",
  reassign: "You can only give away your own tickets. Ask its assignee or an admin.",
  assign: "Only an admin may give an unassigned ticket to somebody else. Claim it, then give it away.",
  decline: "You can only decline a ticket that you hold.",
};

const UNKNOWN_MEMBER = {
  unknown: "There is no such team member. Choose somebody who has signed in once.",
  removed: "That person is no longer on the team. Choose somebody else.",
  viewer: "That person may only look, and cannot hold tickets. Choose somebody else.",
};

const ON_ITS_WAY = "This reply is on its way already. It cannot be taken back.";
const SETTLED: Record<DeliveryState, string> = {
  queued: ON_ITS_WAY,
  sending: ON_ITS_WAY,
  sent: "This reply is sent already; there is nothing left to do.",
  failed: "This reply has failed meanwhile. Look at it again.",
  unconfirmed: "This reply is unconfirmed by now. Look at it again.",
  cancelled: "This reply was taken back; there is nothing left to do.",
  came_back: "This reply has come back meanwhile. Look at it again.",
};

const NOTHING_TO_RETRY: Record<LedgerState, string> = {
  received: "This mail is being tried already.",
  ticketed: "This mail is in its ticket already.",
  ignored: "This mail was ignored; there is nothing to try again.",
  failed: "This mail failed again meanwhile. Try again.",
};
