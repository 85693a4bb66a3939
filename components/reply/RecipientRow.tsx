"use client";
import { useId, useRef, useState, type ReactNode, type RefObject } from "react";
import { flushSync } from "react-dom";
import type { MailPerson } from "@/lib/api/vocabulary";
import { AddRecipient } from "./AddRecipient";
import { NewcomerChip, RecipientChip } from "./RecipientChip";
import { isSameAddress } from "./address-list";
import { PLACE_NAMES, type Place, type RowPerson } from "./recipient-edits";
import { personName } from "./recipient-words";
import type { Offers } from "./use-offers";
import type { RecipientsInHand } from "./use-recipients";

type Props = {
  place: Place;
  recipients: RecipientsInHand;
  isEditable: boolean;
  /** Chips to show; the others are counted. */
  chipsMax: number;
  offers: Offers;
  field: RefObject<HTMLInputElement | null>;
  onShowAll: () => void;
  onOpenOffers: () => void;
  /** Newcomers to show; the others are counted. */
  newcomersMax: number;
  /** Read out by screen readers after a change; everybody sees it if `isShown`. */
  onSay: (sentence: string, isShown?: boolean) => void;
  onSend: () => void;
  /** Stands at the right end. */
  children?: ReactNode;
};

/** To or Cc: its chips, and the field in which somebody is added. */
export function RecipientRow(props: Props) {
  const { place, recipients, isEditable, chipsMax, newcomersMax, offers, field } = props;
  const { onShowAll, onOpenOffers, onSay } = props;
  const [isMarked, setIsMarked] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const id = useId();
  const people = recipients.row.filter((person) => person.place === place);
  const newcomers = place === "cc" ? recipients.newcomers : [];
  const last = people.at(-1);
  const shownMax = chipsMax + 1 === people.length ? people.length : chipsMax;
  // Whoever was just added stays in sight.
  const hidden = people.slice(shownMax).filter((person) => !recipients.isEdited(person));
  const shownNew = newcomers.slice(0, newcomersMax);
  const moreNew = newcomers.length - shownNew.length;

  function put(person: RowPerson, to: Place | "out", focusAt: number | "field") {
    // Rendered at once, so that the focus can move to what is there by then.
    flushSync(() => recipients.place([person], to));
    const crosses = [...(list.current?.querySelectorAll<HTMLElement>("[data-remove]") ?? [])];
    const next = focusAt === "field" ? undefined : (crosses[focusAt] ?? crosses.at(-1));
    (next ?? field.current)?.focus();
    onSay(
      to === "out"
        ? `Removed ${personName(person)} from ${PLACE_NAMES[place]}.`
        : `Moved ${personName(person)} to ${PLACE_NAMES[to]}.`,
    );
  }

  /** Adds those who are in neither row; the others stay where they are. */
  function add(added: MailPerson[]) {
    const there = recipients.row.filter((person) => added.some((other) => isSameAddress(other, person)));
    const others = added.filter((person) => !there.some((other) => isSameAddress(other, person)));
    if (others.length > 0) recipients.place(others, place);
    const sentences = [
      ...there.map((person) => `${personName(person)} is already in ${PLACE_NAMES[person.place]}.`),
      ...(others.length > 0 ? [`Added ${others.map(personName).join(", ")} to ${PLACE_NAMES[place]}.`] : []),
    ];
    onSay(sentences.join(" "), there.length > 0);
  }

  function back() {
    if (!last) return;
    if (hidden.includes(last)) onShowAll();
    if (isMarked) put(last, "out", "field");
    else onSay(`${personName(last)} is marked. Press Backspace again to remove.`);
    setIsMarked(!isMarked);
  }

  return (
    <div className="grid min-h-11 grid-cols-[32px_minmax(0,1fr)_auto] items-start px-4 py-1.5">
      <span id={id} className="text-small leading-8 text-ink-3">
        {PLACE_NAMES[place]}
      </span>
      <div className="relative flex min-w-0 flex-wrap items-center gap-1.5 max-md:gap-y-3 md:py-1">
        <ul ref={list} role="list" aria-labelledby={id} className="contents">
          {people
            .filter((person) => !hidden.includes(person))
            .map((person, index) => (
              <RecipientChip
                key={person.address}
                person={person}
                isEditable={isEditable}
                isMarked={isMarked && person === last}
                onPlace={(to) => put(person, to, index)}
              />
            ))}
          {shownNew.map((newcomer) => (
            <NewcomerChip
              key={newcomer.address}
              newcomer={newcomer}
              isEditable={isEditable}
              onAdd={() => {
                flushSync(() => add([newcomer]));
                field.current?.focus();
              }}
            />
          ))}
        </ul>
        {hidden.length > 0 && <More count={hidden.length} onOpen={onShowAll} />}
        {moreNew > 0 && <More count={moreNew} what="new here" onOpen={onShowAll} />}
        {isEditable && (
          <AddRecipient
            ref={field}
            place={place}
            text={recipients.typed[place]}
            offers={offers}
            hasPlaceholder={place === "cc" || recipients.addressed.to.length === 0}
            onOpen={onOpenOffers}
            onType={(text) => recipients.type(place, text)}
            onAdd={add}
            onRefuse={(text) => onSay(`“${text}” is not a whole address.`)}
            onBack={back}
            onElse={() => setIsMarked(false)}
            onSend={props.onSend}
          />
        )}
      </div>
      {props.children}
    </div>
  );
}

type MoreProps = { count: number; what?: string; onOpen: () => void };

function More({ count, what, onOpen }: MoreProps) {
  return (
    <button
      type="button"
      onClick={onOpen}
      className="h-6 rounded-[6px] px-1.5 text-small font-medium text-mine hover:underline max-md:-my-1.5 max-md:h-11"
    >
      and {count} more{what && ` ${what}`}
    </button>
  );
}
