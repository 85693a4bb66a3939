import type { DeskFailure } from "@/components/client/desk-api";
import { REPLY_TEXT_MAX, type Conversation, type ReplyResponse } from "@/lib/api/contracts";
import type { Assignment, MailPerson, TicketMessage } from "@/lib/api/vocabulary";
import type { Draft, DraftEvent } from "./draft";
import { addressedWith, ownOf, rowAs, rowOf } from "./recipient-edits";
import { recipientsChange } from "./recipient-words";

/** Messages beside the text, and the newest one, which "Send anyway" names as read. */
export type Beside = { messages: TicketMessage[]; newest: string | null };

/** The outcome of the last press of Send. */
export type Notice =
  | { kind: "accepted"; delivery: ReplyResponse["delivery"]; messageId: string; people: MailPerson[] }
  | { kind: "held"; beside: Beside }
  /** Its writer sent the same text a moment ago, in the reply `sent`. */
  | { kind: "same_text"; sent: TicketMessage | null; newest: string | null }
  /** The recipients are others by now. `change` says in sentences how; "" if the row looks the same. */
  | { kind: "recipients_changed"; change: string; conversation: Conversation }
  | { kind: "key_reused"; acceptedText: string }
  | { kind: "failed"; messageId: string }
  | { kind: "claimed_by_other"; assignee: Assignment }
  | { kind: "signed_out" }
  /** No answer: nobody knows whether the desk has `text`. */
  | { kind: "unanswered"; text: string }
  /** Another refusal, of the desk or of this page. */
  | { kind: "refused"; sentence: string };

/** Maps a failed reply to the notice that tells it. */
export function noticeOf(failure: DeskFailure, sent: Draft): Notice {
  const { text } = sent;
  if (failure.kind === "unreachable") return { kind: "unanswered", text };
  switch (failure.reason) {
    case "newer_messages":
      return { kind: "held", beside: { messages: failure.messages, newest: failure.lastMessageId } };
    case "same_text":
      return { kind: "same_text", sent: failure.messages.at(-1) ?? null, newest: failure.lastMessageId };
    case "already_claimed":
      return { kind: "claimed_by_other", assignee: failure };
    case "key_reused":
      return { kind: "key_reused", acceptedText: failure.text };
    case "delivery_failed":
      return { kind: "failed", messageId: failure.messageId };
    case "unauthenticated":
      return { kind: "signed_out" };
    case "recipients_changed":
      return { kind: "recipients_changed", change: changeSince(sent, failure), conversation: failure };
    case "changed_meanwhile":
    case "not_on_team":
    case "other_member":
      return { kind: "refused", sentence: failure.error };
    case "other":
      if (failure.status >= 500) return { kind: "unanswered", text };
      return { kind: "refused", sentence: failure.error };
  }
}

function changeSince({ begunFor, sentTo, edits }: Draft, conversation: Conversation): string {
  const before = begunFor ? addressedWith(rowAs(begunFor), edits) : sentTo;
  return before ? recipientsChange(before, addressedWith(rowOf(conversation), edits)) : "";
}

/** Why this text cannot be sent to these, as a notice; null if it can. */
export function problemOf(
  text: string,
  recipients: { problem: string | null; unfinished: string | null },
): Notice | null {
  const sentence = recipients.problem ?? recipients.unfinished;
  if (sentence) return { kind: "refused", sentence };
  return problemOfText(text);
}

function problemOfText(text: string): Notice | null {
  if (text.trim() === "") return { kind: "refused", sentence: "Write something before sending." };
  const excess = text.length - REPLY_TEXT_MAX;
  if (excess <= 0) return null;
  const sentence = `The reply is ${excess.toLocaleString("en")} characters too long. Shorten it; your text is kept.`;
  return { kind: "refused", sentence };
}

/** The effect of a notice on the draft that was sent. */
export function draftEventOf(notice: Notice, { text, then, sentTo }: Draft): DraftEvent {
  switch (notice.kind) {
    case "accepted":
      return { kind: "accepted", messageId: notice.messageId, text };
    case "failed":
      return { kind: "failed", messageId: notice.messageId, text, then };
    case "unanswered":
      return { kind: "sent_off", sentTo };
    case "recipients_changed":
      return { kind: "told", own: ownOf(notice.conversation) };
    case "held":
    case "same_text":
    case "key_reused":
    case "claimed_by_other":
    case "signed_out":
    case "refused":
      return { kind: "refused" };
  }
}
