import { factsOf } from "@/components/conversation/refusal";
import type { DeskFailure } from "@/components/client/desk-api";
import type { Result } from "@/lib/result";
import type { ReplyResponse } from "@/lib/api/contracts";
import type { Assignment, TicketMessage } from "@/lib/api/vocabulary";
import type { DraftEvent, ReplyStatus } from "./draft";

/** What stands beside the text, and the newest of it: what "Send anyway" says its writer has read. */
export type Beside = { messages: TicketMessage[]; newest: string | null };

/** What became of the last press of Send. */
export type Notice =
  | { kind: "accepted"; delivery: ReplyResponse["delivery"]; messageId: string }
  | { kind: "held"; beside: Beside }
  | { kind: "key_reused"; acceptedText: string }
  | { kind: "failed"; detail: string; messageId: string }
  | { kind: "claimed_by_other"; holder: Assignment }
  | { kind: "signed_out" }
  /** No answer: nobody knows whether the desk has it. */
  | { kind: "unanswered" }
  /** Another sentence, from the desk or from here. */
  | { kind: "refused"; sentence: string };

/** Reads the desk's answer to a reply. */
export function noticeOf(outcome: Result<ReplyResponse, DeskFailure>): Notice {
  if (outcome.ok) {
    return { kind: "accepted", delivery: outcome.value.delivery, messageId: outcome.value.messageId };
  }
  const { failure } = outcome;
  if (failure.kind === "unreachable") return { kind: "unanswered" };
  const facts = factsOf(failure);
  switch (facts?.reason) {
    case "newer_messages":
      return { kind: "held", beside: { messages: facts.messages, newest: facts.lastMessageId } };
    case "already_claimed":
      return { kind: "claimed_by_other", holder: facts };
    case "key_reused":
      return { kind: "key_reused", acceptedText: facts.text };
    case "delivery_failed":
      return { kind: "failed", detail: facts.detail, messageId: facts.messageId };
    default:
      if (failure.reason === "unauthenticated") return { kind: "signed_out" };
      return failure.status >= 500 ? { kind: "unanswered" } : { kind: "refused", sentence: failure.error };
  }
}

/** What the answer does to the draft it was given to. */
export function draftEventOf(notice: Notice, sent: { text: string; then: ReplyStatus }): DraftEvent {
  switch (notice.kind) {
    case "accepted":
      return { kind: "accepted", messageId: notice.messageId, text: sent.text };
    case "failed":
      return { kind: "failed", messageId: notice.messageId, ...sent };
    case "unanswered":
      return { kind: "sent_off" };
    case "held":
    case "key_reused":
    case "claimed_by_other":
    case "signed_out":
    case "refused":
      return { kind: "refused" };
  }
}
