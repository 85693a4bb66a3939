import type { TicketMessage } from "@/lib/api/vocabulary";
import type { Draft } from "./draft";

/**
 * True if the desk has the text of this draft, though this page got no answer: the conversation shows the reply, or a
 * reply that had failed was sent since.
 */
export function isSettledElsewhere(draft: Draft, messages: TicketMessage[], memberId: string): boolean {
  if (draft.failedAs) {
    const state = stateOf(draft.failedAs, messages);
    return state === "sent" || state === "unconfirmed" || state === "came_back";
  }
  return draft.isUnanswered && isAccepted(draft, draft.text, messages, memberId);
}

/** True if the desk has `text`, which was sent from this draft: as a new reply, or as the failed one sent again. */
export function isAccepted(draft: Draft, text: string, messages: TicketMessage[], memberId: string): boolean {
  if (draft.failedAs) return (stateOf(draft.failedAs, messages) ?? "failed") !== "failed";
  const start = messages.findIndex((message) => message._id === draft.seen) + 1;
  return messages.slice(start).some((message) => message.authorId === memberId && isTextOf(message, text));
}

/** True if `text` is the text of `message`, of which the page may have only the beginning. */
export function isTextOf(message: TicketMessage, text: string): boolean {
  if (!message.isClipped) return message.text === text;
  return text.startsWith(message.text) && new TextEncoder().encode(text).length === message.textBytes;
}

function stateOf(messageId: string, messages: TicketMessage[]) {
  return messages.find(({ _id }) => _id === messageId)?.state;
}
