import { newActionKey } from "@/components/client/desk-api";
import type { TicketMessage, TicketStatus } from "@/lib/api/vocabulary";

export type ReplyStatus = Extract<TicketStatus, "in_progress" | "waiting" | "resolved">;

/** A reply that is being written, as it is kept on this device. */
export type Draft = {
  text: string;
  then: ReplyStatus;
  /** The newest message that was on the page when this text was begun, or that was shown beside it since. */
  seen: string | null;
  /** Sent as Idempotency-Key: one key is at most one mail, however often it is sent. */
  key: string;
  /** The desk has said what this key stands for, so another text needs another key. */
  isKeySpent: boolean;
  /** It was sent off and no answer came: the key stays, also under a changed text, until the desk has spoken. */
  isUnanswered: boolean;
  /** The stored reply that was not delivered and reads as this text does. */
  failedAs: string | null;
};

/** What a person did to a draft, or what the desk said to it. */
export type DraftEvent =
  | { kind: "wrote"; text: string; newest: string | null }
  | { kind: "chose"; then: ReplyStatus }
  | { kind: "saw"; newest: string | null }
  | { kind: "sent_off" }
  | { kind: "refused" }
  | { kind: "failed"; messageId: string; text: string; then: ReplyStatus }
  | { kind: "renewed"; newest: string | null }
  /** `text` is what was accepted; not given, it is what stands here. */
  | { kind: "accepted"; messageId: string | null; text?: string };

/** The draft after `event`, or null where nothing is left to keep. */
export function nextDraft(draft: Draft | null, event: DraftEvent): Draft | null {
  const current = draft ?? emptyDraft();
  switch (event.kind) {
    case "wrote":
      return afterWriting(current, event.text, event.newest);
    case "chose":
      return { ...current, then: event.then };
    case "saw":
      return { ...current, seen: event.newest };
    case "sent_off":
      return { ...current, isUnanswered: true };
    case "refused":
      return { ...current, isKeySpent: true, isUnanswered: false };
    case "failed":
      return afterFailure(current, event);
    case "renewed":
      return { ...withNewKey(current), seen: event.newest };
    case "accepted":
      return isOtherText(draft, event.text) ? { ...withNewKey(current), seen: event.messageId } : null;
  }
}

/**
 * Whether the desk has this draft's text although nobody told this page so: its answer was lost and the reply stands
 * in the conversation, or a reply that had failed has gone out since.
 */
export function isSettledElsewhere(draft: Draft, messages: TicketMessage[], memberId: string): boolean {
  if (draft.failedAs) {
    const state = stateOf(draft.failedAs, messages);
    return state === "sent" || state === "unconfirmed";
  }
  return draft.isUnanswered && isAccepted(draft, draft.text, messages, memberId);
}

/** True if the desk has `text`, which was sent from this draft: as a new reply, or as the failed one sent again. */
export function isAccepted(draft: Draft, text: string, messages: TicketMessage[], memberId: string): boolean {
  if (draft.failedAs) return (stateOf(draft.failedAs, messages) ?? "failed") !== "failed";
  const start = messages.findIndex((message) => message._id === draft.seen) + 1;
  return messages.slice(start).some((message) => message.authorId === memberId && message.text === text);
}

function stateOf(messageId: string, messages: TicketMessage[]) {
  return messages.find(({ _id }) => _id === messageId)?.state;
}

type Failure = Extract<DraftEvent, { kind: "failed" }>;

/** The stored reply is the newest message now, and its writer knows it. */
function afterFailure(draft: Draft, { messageId, text, then }: Failure): Draft {
  if (isOtherText(draft, text)) return { ...withNewKey(draft), seen: messageId };
  return {
    ...draft,
    text,
    then,
    seen: messageId,
    isKeySpent: true,
    isUnanswered: false,
    failedAs: messageId,
  };
}

/** Written on, in another tab or after coming back, while the answer was awaited: that is the next reply. */
function isOtherText(draft: Draft | null, text: string | undefined): boolean {
  return text !== undefined && Boolean(draft?.text) && draft?.text !== text;
}

function afterWriting(draft: Draft, text: string, newest: string | null): Draft | null {
  if (text === "" && !draft.isUnanswered && draft.then === "in_progress") return null;
  const isBegun = draft.text.trim() !== "";
  const kept = draft.isKeySpent && text !== draft.text ? withNewKey(draft) : draft;
  return { ...kept, text, seen: isBegun ? draft.seen : newest };
}

function withNewKey(draft: Draft): Draft {
  return { ...draft, key: newActionKey(), isKeySpent: false, isUnanswered: false, failedAs: null };
}

function emptyDraft(): Draft {
  return {
    text: "",
    then: "in_progress",
    seen: null,
    key: newActionKey(),
    isKeySpent: false,
    isUnanswered: false,
    failedAs: null,
  };
}
