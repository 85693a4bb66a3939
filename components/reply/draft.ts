import { newActionKey } from "@/components/client/desk-api";
import type { MailPerson, TicketMessage, TicketStatus } from "@/lib/api/vocabulary";
import { placed, type Addressed, type Place, type RecipientEdit, type RowPerson } from "./recipient-edits";

export type ReplyStatus = Extract<TicketStatus, "in_progress" | "waiting" | "resolved">;

/** A reply that is being written, as stored on this device. */
export type Draft = {
  text: string;
  then: ReplyStatus;
  /** The newest message on the page when the text was begun, or shown beside it since. */
  seen: string | null;
  /** Sent as Idempotency-Key: one key is at most one mail, however often it is sent. */
  key: string;
  /** The desk has answered for this key, so another text needs another key. */
  isKeySpent: boolean;
  /** It was sent and no answer came: until one does, the key stays, even if the text changes. */
  isUnanswered: boolean;
  /** The stored reply with this text that was not delivered. */
  failedAs: string | null;
  /** Who was added and left out, for this reply alone. */
  edits: RecipientEdit[];
  /** The ticket's own recipients at the last edit. */
  editedOver: MailPerson[];
  /** The recipients it was last sent to; a retry keeps them. */
  sentTo: Addressed | null;
};

/** An act of the writer, or an answer of the desk. */
export type DraftEvent =
  | { kind: "wrote"; text: string; newest: string | null }
  | { kind: "chose"; then: ReplyStatus }
  | { kind: "saw"; newest: string | null }
  /** `row` is the ticket's own. */
  | { kind: "placed"; people: MailPerson[]; place: Place | "out"; row: RowPerson[] }
  | { kind: "sent_off"; sentTo: Addressed | null }
  | { kind: "refused" }
  | { kind: "failed"; messageId: string; text: string; then: ReplyStatus }
  | { kind: "renewed"; newest: string | null }
  /** `text` is the accepted text; if missing, the text of the draft. */
  | { kind: "accepted"; messageId: string | null; text?: string };

/** The draft after `event`; null if there is nothing to keep. */
export function nextDraft(draft: Draft | null, event: DraftEvent): Draft | null {
  const current = draft ?? emptyDraft();
  switch (event.kind) {
    case "wrote":
      return afterWriting(current, event.text, event.newest);
    case "chose":
      return { ...current, then: event.then };
    case "saw":
      return { ...current, seen: event.newest };
    case "placed":
      return afterPlacing(current, event);
    case "sent_off":
      return { ...current, isUnanswered: true, sentTo: event.sentTo };
    case "refused":
      return { ...current, isKeySpent: true, isUnanswered: false, sentTo: null };
    case "failed":
      return afterFailure(current, event);
    case "renewed":
      return { ...withNewKey(current), seen: event.newest };
    case "accepted":
      return isOtherText(draft, event.text) ? nextReply(current, event.messageId) : null;
  }
}

/**
 * True if the desk has the text of this draft, though this page got no answer: the conversation shows the reply, or a
 * reply that had failed was sent since.
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

type Failure = Extract<DraftEvent, { kind: "failed" }>;

/** The stored reply is the newest message now, and its writer has seen it. */
function afterFailure(draft: Draft, { messageId, text, then }: Failure): Draft {
  if (isOtherText(draft, text)) return nextReply(draft, messageId);
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

/** True if the writer went on, in another tab, while the reply was sent: the new text is the next reply. */
function isOtherText(draft: Draft | null, text: string | undefined): boolean {
  return text !== undefined && Boolean(draft?.text) && draft?.text !== text;
}

/** A text that was begun while the last reply was sent. Adding and leaving out was for that reply. */
function nextReply(draft: Draft, messageId: string | null): Draft {
  return { ...withNewKey(draft), seen: messageId, edits: [], editedOver: [] };
}

type Placing = Extract<DraftEvent, { kind: "placed" }>;

function afterPlacing(draft: Draft, { people, place, row }: Placing): Draft | null {
  const edits = people.reduce((before, person) => placed(before, person, place, row), draft.edits);
  const editedOver = row
    .filter(({ problem }) => problem === null)
    .map(({ address, name }) => ({ address, name }));
  const next = { ...(draft.isKeySpent ? withNewKey(draft) : draft), edits, editedOver };
  return isEmpty(next) ? null : next;
}

function isEmpty({ text, then, isUnanswered, edits }: Draft): boolean {
  return text === "" && then === "in_progress" && !isUnanswered && edits.length === 0;
}

function afterWriting(draft: Draft, text: string, newest: string | null): Draft | null {
  if (isEmpty({ ...draft, text })) return null;
  const isBegun = draft.text.trim() !== "";
  const kept = draft.isKeySpent && text !== draft.text ? withNewKey(draft) : draft;
  return { ...kept, text, seen: isBegun ? draft.seen : newest };
}

function withNewKey(draft: Draft): Draft {
  return {
    ...draft,
    key: newActionKey(),
    isKeySpent: false,
    isUnanswered: false,
    failedAs: null,
    sentTo: null,
  };
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
    edits: [],
    editedOver: [],
    sentTo: null,
  };
}
