"use client";
import { useEffect, useState } from "react";
import { PARTICIPANTS_MAX, type Conversation } from "@/lib/api/contracts";
import type { MailPerson, Newcomer } from "@/lib/api/vocabulary";
import { isSameAddress, parseAddresses } from "./address-list";
import { begunFor, type Draft, type DraftEvent } from "./draft";
import {
  addressedWith,
  isAddedIn,
  ownOf,
  PLACE_NAMES,
  PLACES,
  rowAs,
  rowOf,
  rowWith,
  type Addressed,
  type Place,
  type RowPerson,
} from "./recipient-edits";
import { recipientsChange } from "./recipient-words";

/** Text in the fields where somebody is added. */
type Typed = Record<Place, string>;

export type RecipientsInHand = {
  /** Everybody in the row, also those whom mail cannot be sent to. */
  row: RowPerson[];
  /** Whom the reply goes to: those who are shown, under the revision that its writer knows. */
  addressed: Addressed;
  /** The ticket's own recipients, without edits. */
  own: Addressed;
  /** Offered, and not addressed; the newest first. */
  newcomers: Newcomer[];
  /** Left out of this reply by its writer. */
  leftOut: MailPerson[];
  /** How the ticket's recipients have changed since the reply was begun, in sentences; "" if they have not. */
  change: string;
  /** Why the reply cannot be sent to these, in a sentence; null if it can. */
  problem: string | null;
  /** Text in a field that is no address, in a sentence; null if there is none. */
  unfinished: string | null;
  typed: Typed;
  type: (place: Place, text: string) => void;
  place: (people: MailPerson[], place: Place | "out") => void;
  /** True if the writer added or moved them for this reply. */
  isEdited: (person: MailPerson) => boolean;
  /** Takes the whole addresses that stand in the fields, and returns whom the reply goes to then. */
  takeTyped: () => Addressed;
};

type Options = {
  draft: Draft | null;
  /** Shows a reply that is under way as it was sent, and so a stored one that was not delivered. */
  isSending: boolean;
  update: (event: DraftEvent) => Draft | null;
};

/** Whom the reply goes to: the ticket's recipients as the desk has them, with the writer's edits for this reply. */
export function useRecipients(
  conversation: Conversation,
  { draft, isSending, update }: Options,
): RecipientsInHand {
  const [typed, setTyped] = useState<Typed>({ to: "", cc: "" });
  const ownRow = rowOf(conversation);
  const own = ownOf(conversation);
  const edits = draft?.edits ?? [];
  const begun = draft && begunFor(draft);
  const sentTo = isSending || draft?.failedAs ? (draft?.sentTo ?? null) : null;
  const row = sentTo ? rowAs(sentTo) : rowWith(ownRow, edits);
  const isShown = (person: MailPerson) => row.some((other) => isSameAddress(other, person));
  // A page that is behind the draft of another window must not pass for one that is up to date.
  const recipientsRevision = Math.min(begun?.recipientsRevision ?? Infinity, own.recipientsRevision);
  const addressed = sentTo ?? { ...addressedWith(row, []), recipientsRevision };
  const inFields = PLACES.map((place) => {
    const { people, rest } = parseAddresses(typed[place]);
    return { place, rest, people: people.filter((person) => !isShown(person)) };
  });
  const open = inFields.find(({ rest }) => rest !== "");

  const hasJoined =
    !sentTo && !draft?.isUnanswered && [...own.to, ...own.cc].some((person) => isAddedIn(edits, person));
  useEffect(() => {
    if (hasJoined) update({ kind: "joined", row: ownRow });
  });

  function place(people: MailPerson[], to: Place | "out"): Draft | null {
    return update({ kind: "placed", people, place: to, row: ownRow, own });
  }

  function takeTyped(): Addressed {
    let next: Draft | null = null;
    for (const { place: to, people } of inFields) if (people.length > 0) next = place(people, to);
    setTyped({ to: inFields[0]?.rest ?? "", cc: inFields[1]?.rest ?? "" });
    return next ? { ...addressedWith(ownRow, next.edits), recipientsRevision } : addressed;
  }

  return {
    row,
    addressed,
    own,
    newcomers: conversation.newcomers.filter((person) => !isShown(person)).toReversed(),
    leftOut: ownRow.filter(({ problem }) => problem === null).filter((person) => !isShown(person)),
    change: sentTo || !begun ? "" : changeSince(begun, own, draft),
    problem: problemWith(addressedWith([...row, ...inFields.flatMap(typedIn)], []), ownRow),
    unfinished: open
      ? `“${typed[open.place].trim()}” in ${PLACE_NAMES[open.place]} is not a whole address. Complete it or clear it.`
      : null,
    typed,
    type: (to, text) => setTyped((before) => ({ ...before, [to]: text })),
    place: (people, to) => void place(people, to),
    isEdited: (person) => edits.some((edit) => isSameAddress(edit, person)),
    takeTyped,
  };
}

function changeSince(begun: Addressed, own: Addressed, { edits }: Draft): string {
  if (own.recipientsRevision < begun.recipientsRevision) return "";
  return recipientsChange(addressedWith(rowAs(begun), edits), addressedWith(rowAs(own), edits));
}

type Row = Pick<Addressed, "to" | "cc">;

function typedIn({ place, people }: { place: Place; people: MailPerson[] }): RowPerson[] {
  return people.map((person) => ({ ...person, place, problem: null }));
}

function problemWith({ to, cc }: Row, own: RowPerson[]): string | null {
  const isReachable = own.some(({ problem }) => problem === null);
  if (to.length + cc.length > PARTICIPANTS_MAX) {
    return `A reply can go to at most ${PARTICIPANTS_MAX} addresses. Leave some out.`;
  }
  if (to.length > 0) return null;
  return isReachable || cc.length > 0
    ? "Nobody is in To. Add somebody there."
    : "This ticket has no address that mail can be sent to. Add somebody.";
}
