"use client";
import { useEffect, useRef } from "react";
import { classNames } from "@/components/ui/class-names";
import type { MailPerson } from "@/lib/api/vocabulary";
import type { Offers } from "./use-offers";

type Props = {
  id: string;
  label: string;
  people: MailPerson[];
  state: Offers["state"];
  isTyped: boolean;
  /** The index of the one that Enter adds. */
  active: number | null;
  onChoose: (person: MailPerson) => void;
};

/** The people to add, below the row. The focus stays in the field. */
export function OfferList({ id, label, people, state, isTyped, active, onChoose }: Props) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const sentence = sentenceOf(state, people.length === 0, isTyped);
  return (
    <div
      className="absolute top-full left-0 z-30 w-full max-w-90 animate-rise rounded-card border border-line bg-raised p-1 shadow-float"
      // The field keeps the focus, or it would take the typed text as it is.
      onMouseDown={(event) => event.preventDefault()}
    >
      <ul
        ref={list}
        id={id}
        role="listbox"
        aria-label={label}
        className="grid max-h-56 grid-cols-1 gap-px overflow-y-auto"
      >
        {people.map((person, index) => (
          <li
            key={person.address}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            title={person.address}
            onClick={() => onChoose(person)}
            className={classNames(
              "flex min-h-8 cursor-pointer items-center gap-2 rounded-control px-2.5 hover:bg-hover max-md:min-h-11",
              "aria-selected:bg-hover",
            )}
          >
            {person.name && (
              <span dir="auto" className="cut max-w-[55%] flex-none font-medium">
                {person.name}
              </span>
            )}
            <span className={classNames("cut", person.name ? "text-small text-ink-3" : "font-medium")}>
              {person.address}
            </span>
          </li>
        ))}
      </ul>
      <p role="status" className="px-2.5 text-small text-ink-3 not-empty:py-1.5">
        {sentence}
      </p>
    </div>
  );
}

function sentenceOf(state: Offers["state"], isEmpty: boolean, isTyped: boolean): string | null {
  if (state === "reading") return "Looking for people…";
  if (state === "failed") return "Nobody can be suggested now. Type a whole address.";
  if (!isEmpty) return null;
  return isTyped
    ? "Nobody here is called that. Type a whole address."
    : "Nobody to suggest. Type a whole address.";
}
