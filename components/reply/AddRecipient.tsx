"use client";
import { useId, useState, type ClipboardEvent, type KeyboardEvent, type Ref } from "react";
import type { MailPerson } from "@/lib/api/vocabulary";
import { classNames } from "@/components/ui/class-names";
import { isSameAddress, parseAddresses } from "./address-list";
import { OfferList } from "./OfferList";
import { PLACE_NAMES, type Place } from "./recipient-edits";
import { useAfterPress } from "./use-after-press";
import { matching, type Offers } from "./use-offers";

/** Offers in the list at once. */
const OFFERS_MAX = 8;

type Props = {
  ref: Ref<HTMLInputElement>;
  place: Place;
  text: string;
  offers: Offers;
  hasPlaceholder: boolean;
  /** Asks for the offers. */
  onOpen: () => void;
  onType: (text: string) => void;
  onAdd: (people: MailPerson[]) => void;
  /** The text is no address. */
  onRefuse: (text: string) => void;
  /** Backspace in the empty field. */
  onBack: () => void;
  /** Any other key, or the focus is gone. */
  onElse: () => void;
  /** Ctrl and Enter, which leaves the text in the field to Send. */
  onSend: () => void;
};

/** The field in which somebody is added: by a whole address, a pasted list, or one of the people offered. */
export function AddRecipient(props: Props) {
  const {
    ref,
    place,
    text,
    offers,
    hasPlaceholder,
    onOpen,
    onType,
    onAdd,
    onRefuse,
    onBack,
    onElse,
    onSend,
  } = props;
  const [isOpen, setIsOpen] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const id = useId();
  const typed = parseAddresses(text);
  const isWhole = typed.people.length > 0 && typed.rest === "";
  const found = matching(offers.people, text).slice(0, OFFERS_MAX);
  const shown = isWhole && found.length === 0 ? typed.people : found;
  const isTyping = text.trim() !== "" && !isWhole;
  // Enter adds the choice by the arrows, else the best match of a beginning.
  const active = chosen ?? (isTyping && shown.length > 0 ? 0 : null);

  function open() {
    onOpen();
    setIsOpen(true);
  }

  function close() {
    setIsOpen(false);
    setChosen(null);
  }

  function add(people: MailPerson[], rest = "") {
    onAdd(people);
    onType(rest);
    close();
  }

  /** Adds the whole addresses. Whatever else was typed stays in the field. */
  function takeTyped() {
    const named = (person: MailPerson) => offers.people.find((each) => isSameAddress(each, person)) ?? person;
    if (typed.people.length > 0) add(typed.people.map(named), typed.rest);
    if (typed.rest !== "") onRefuse(typed.rest);
  }

  const onLeave = useAfterPress(takeTyped);

  function enter() {
    const offer = isOpen && active !== null ? shown[active] : undefined;
    if (offer) add([offer]);
    else takeTyped();
  }

  function move(by: 1 | -1) {
    open();
    if (shown.length === 0) return;
    const from = chosen ?? (by === 1 ? -1 : shown.length);
    setChosen((from + by + shown.length) % shown.length);
  }

  function handleKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const isBack = event.key === "Backspace" && text === "";
    if (isBack) return onBack();
    onElse();
    const acts: Record<string, (() => void) | undefined> = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: event.ctrlKey || event.metaKey ? onSend : enter,
      Escape: isOpen ? close : undefined,
      ",": isWhole ? takeTyped : undefined,
      ";": isWhole ? takeTyped : undefined,
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  function handlePaste(event: ClipboardEvent) {
    const { people, rest } = parseAddresses(event.clipboardData.getData("text/plain"));
    if (people.length === 0 || text !== "") return;
    event.preventDefault();
    add(people, rest);
    if (rest !== "") onRefuse(rest);
  }

  return (
    <>
      <input
        ref={ref}
        role="combobox"
        type="text"
        inputMode="email"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-label={`Add somebody to ${PLACE_NAMES[place]}`}
        aria-autocomplete="list"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-activedescendant={isOpen && active !== null ? `${id}-${active}` : undefined}
        placeholder={hasPlaceholder ? "Add somebody" : undefined}
        value={text}
        onChange={(event) => {
          onType(event.target.value);
          setChosen(null);
          open();
        }}
        onClick={open}
        onKeyDown={handleKey}
        onPaste={handlePaste}
        onBlur={() => {
          onElse();
          close();
          onLeave();
        }}
        className={classNames(
          "h-6 flex-1 bg-transparent text-small outline-none placeholder:text-ink-3",
          "max-md:-my-1.5 max-md:h-11 max-md:text-touch",
          // Without a placeholder it has no line of its own until somebody types there.
          hasPlaceholder || text !== "" ? "min-w-24" : "min-w-4 focus:min-w-24 max-md:not-focus:sr-only",
        )}
      />
      {isOpen && (
        <OfferList
          id={id}
          label={`People to add to ${PLACE_NAMES[place]}`}
          people={shown}
          state={offers.state}
          isTyped={text.trim() !== ""}
          active={active}
          onChoose={(person) => add([person])}
        />
      )}
    </>
  );
}
