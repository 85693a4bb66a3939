"use client";
import { useState } from "react";
import { PARTICIPANTS_MAX, type Conversation } from "@/lib/api/contracts";
import type { MailPerson, Newcomer } from "@/lib/api/vocabulary";
import { isSameAddress } from "./address-list";
import type { Draft, DraftEvent } from "./draft";
import {
  addressedIn,
  leftSince,
  PLACE_NAMES,
  PLACES,
  rowOf,
  rowWith,
  type Addressed,
  type Place,
  type RowPerson,
} from "./recipient-edits";

/** Text in the fields where somebody is added. */
type Typed = Record<Place, string>;

export type RecipientsInHand = {
  /** Everybody in the row, also those whom mail cannot be sent to. */
  row: RowPerson[];
  /** What a press of Send addresses the reply to: those who are shown. */
  addressed: Addressed;
  /** Offered, and not addressed. */
  newcomers: Newcomer[];
  /** Left out of this reply by its writer. */
  leftOut: MailPerson[];
  /** Taken out of the ticket since the writer last edited the row. */
  left: MailPerson[];
  /** Why the reply cannot be sent to these, in a sentence; null if it can. */
  problem: string | null;
  /** Text in a field that is no address, in a sentence; null if there is none. */
  unfinished: string | null;
  typed: Typed;
  type: (place: Place, text: string) => void;
  place: (people: MailPerson[], place: Place | "out") => void;
};

type Options = {
  draft: Draft | null;
  /** Shows a reply that is under way as it was sent, and so a stored one that was not delivered. */
  isSending: boolean;
  update: (event: DraftEvent) => unknown;
};

/** Whom the reply goes to: the ticket's recipients as the desk has them, with the writer's edits for this reply. */
export function useRecipients(
  conversation: Conversation,
  { draft, isSending, update }: Options,
): RecipientsInHand {
  const [typed, setTyped] = useState<Typed>({ to: "", cc: "" });
  const own = rowOf(conversation);
  const edits = draft?.edits ?? [];
  const sentTo = isSending || draft?.failedAs ? (draft?.sentTo ?? null) : null;
  const row = sentTo ? rowAsSent(sentTo) : rowWith(own, edits);
  const isShown = (person: MailPerson) => row.some((other) => isSameAddress(other, person));
  const addressed = {
    to: addressedIn(row, "to"),
    cc: addressedIn(row, "cc"),
    recipientsRevision: sentTo?.recipientsRevision ?? conversation.recipientsRevision,
  };
  const open = PLACES.find((place) => typed[place].trim() !== "");
  return {
    row,
    addressed,
    newcomers: conversation.newcomers.filter((person) => !isShown(person)),
    leftOut: own.filter(({ problem }) => problem === null).filter((person) => !isShown(person)),
    left: sentTo ? [] : leftSince(draft?.editedOver ?? [], own, edits),
    problem: problemWith(addressed, own),
    unfinished: open
      ? `“${typed[open].trim()}” in ${PLACE_NAMES[open]} is not a whole address. Complete it or clear it.`
      : null,
    typed,
    type: (place, text) => setTyped((before) => ({ ...before, [place]: text })),
    place: (people, place) => void update({ kind: "placed", people, place, row: own }),
  };
}

function rowAsSent(sentTo: Addressed): RowPerson[] {
  return PLACES.flatMap((place) => sentTo[place].map((person) => ({ ...person, place, problem: null })));
}

function problemWith({ to, cc }: Addressed, own: RowPerson[]): string | null {
  const isReachable = own.some(({ problem }) => problem === null);
  if (to.length + cc.length > PARTICIPANTS_MAX) {
    return `A reply can go to at most ${PARTICIPANTS_MAX} addresses. Leave some out.`;
  }
  if (to.length > 0) return null;
  return isReachable || cc.length > 0
    ? "Nobody is in To. Add somebody there."
    : "This ticket has no address that mail can be sent to. Add somebody.";
}
