import { newActionKey } from "@/components/client/desk-api";
import type { MailPerson, TicketStatus } from "@/lib/api/vocabulary";
import { isSameAddress } from "./address-list";
import {
  addressedIn,
  isAddedIn,
  placed,
  type Addressed,
  type Place,
  type RecipientEdit,
  type RowPerson,
} from "./recipient-edits";

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
  /** The ticket's own recipients that were shown when the text or the first edit was begun, or told since. */
  begunFor: Addressed | null;
  /** The recipients it was last sent to; a retry keeps them. */
  sentTo: Addressed | null;
};

/** An act of the writer, or an answer of the desk. */
export type DraftEvent =
  /** `own` has the ticket's own recipients, here and below. */
  | { kind: "wrote"; text: string; newest: string | null; own: Addressed }
  | { kind: "chose"; then: ReplyStatus }
  | { kind: "saw"; newest: string | null }
  /** `row` is the ticket's own. */
  | { kind: "placed"; people: MailPerson[]; place: Place | "out"; row: RowPerson[]; own: Addressed }
  /** The ticket itself has somebody by now whom the writer had added. */
  | { kind: "joined"; row: RowPerson[] }
  | { kind: "sent_off"; sentTo: Addressed | null }
  | { kind: "refused" }
  /** Refused for others than the recipients it was begun for, and the writer was told who they are. */
  | { kind: "told"; own: Addressed }
  | { kind: "failed"; messageId: string; text: string; then: ReplyStatus }
  | { kind: "renewed"; newest: string | null }
  /** The text of a reply is to be sent again, since the ticket's address `dead` was corrected. */
  | { kind: "readdressed"; text: string; dead: string; newest: string | null; own: Addressed }
  | { kind: "discarded" }
  /** `text` is the accepted text; if missing, the text of the draft. */
  | { kind: "accepted"; messageId: string | null; text?: string };

/** The draft after `event`; null if there is nothing to keep. */
export function nextDraft(draft: Draft | null, event: DraftEvent): Draft | null {
  const current = draft ?? emptyDraft();
  switch (event.kind) {
    case "wrote":
      return afterWriting(current, event);
    case "chose":
      return { ...current, then: event.then };
    case "saw":
      return { ...current, seen: event.newest };
    case "placed":
      return afterPlacing(current, event);
    case "joined":
      return afterJoining(current, event.row);
    case "sent_off":
      return { ...current, isUnanswered: true, sentTo: event.sentTo };
    case "refused":
      return afterRefusal(current);
    case "told":
      return { ...afterRefusal(current), begunFor: event.own };
    case "failed":
      return afterFailure(current, event);
    case "renewed":
      return { ...withNewKey(current), seen: event.newest };
    case "readdressed":
      return afterReaddressing(current, event);
    case "discarded":
      return null;
    case "accepted":
      return isOtherText(draft, event.text) ? nextReply(current, event.messageId) : null;
  }
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
  return { ...withNewKey(draft), seen: messageId, edits: [] };
}

type Readdressing = Extract<DraftEvent, { kind: "readdressed" }>;

function afterReaddressing(draft: Draft, { text, dead, newest, own }: Readdressing): Draft {
  const edits = draft.edits.filter((edit) => !isSameAddress(edit, { address: dead }));
  return { ...withNewKey(draft), text, seen: newest, begunFor: own, edits };
}

type Placing = Extract<DraftEvent, { kind: "placed" }>;

function afterPlacing(draft: Draft, { people, place, row, own }: Placing): Draft | null {
  const edits = people.reduce((before, person) => placed(before, person, place, row), draft.edits);
  const next = { ...(draft.isKeySpent ? withNewKey(draft) : draft), edits, begunFor: begunFor(draft) ?? own };
  return isEmpty(next) ? null : next;
}

/** From now on they leave with the ticket's own recipients, as if they had been there when the reply was begun. */
function afterJoining({ edits, begunFor: begun, ...draft }: Draft, row: RowPerson[]): Draft {
  const joined = row.filter((person) => isAddedIn(edits, person));
  const isIn = (edit: RecipientEdit) => joined.some((person) => isSameAddress(person, edit));
  return {
    ...draft,
    edits: edits.map((edit) => (isIn(edit) ? { ...edit, isAdded: false } : edit)),
    begunFor: begun && {
      to: [...begun.to, ...addressedIn(joined, "to")],
      cc: [...begun.cc, ...addressedIn(joined, "cc")],
      recipientsRevision: begun.recipientsRevision,
    },
  };
}

function afterRefusal(draft: Draft): Draft {
  return { ...draft, isKeySpent: true, isUnanswered: false, sentTo: null };
}

/** The ticket's own recipients under which this reply is written; null if nothing is written. */
export function begunFor({ text, edits, begunFor }: Draft): Addressed | null {
  return text.trim() === "" && edits.length === 0 ? null : begunFor;
}

function isEmpty({ text, then, isUnanswered, edits }: Draft): boolean {
  return text === "" && then === "in_progress" && !isUnanswered && edits.length === 0;
}

type Writing = Extract<DraftEvent, { kind: "wrote" }>;

function afterWriting(draft: Draft, { text, newest, own }: Writing): Draft | null {
  if (isEmpty({ ...draft, text })) return null;
  const isBegun = draft.text.trim() !== "";
  const kept = draft.isKeySpent && text !== draft.text ? withNewKey(draft) : draft;
  return { ...kept, text, seen: isBegun ? draft.seen : newest, begunFor: begunFor(draft) ?? own };
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
    begunFor: null,
    sentTo: null,
  };
}
