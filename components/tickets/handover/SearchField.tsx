"use client";
import type { KeyboardEvent } from "react";
import { Icon } from "@/components/ui/Icon";
import { Kbd } from "@/components/ui/Kbd";

type Props = {
  label: string;
  /** The list that it filters, and the option that is chosen in it. */
  listId: string;
  activeId: string | undefined;
  isExpanded: boolean;
  words: string;
  onWrite: (words: string) => void;
  onMove: (step: 1 | -1) => void;
};

/** Filters a list below it; the arrow keys move the choice there. */
export function SearchField({ label, listId, activeId, isExpanded, words, onWrite, onMove }: Props) {
  function handleKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing || !/^Arrow(Down|Up)$/.test(event.key)) return;
    event.preventDefault();
    onMove(event.key === "ArrowDown" ? 1 : -1);
  }
  return (
    <label className="flex items-center gap-2.5 border-b border-line px-3.5">
      <Icon name="filter" size={14} className="text-ink-3" />
      <input
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={isExpanded}
        aria-controls={listId}
        aria-activedescendant={activeId}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        placeholder={label}
        value={words}
        onChange={(event) => onWrite(event.target.value)}
        onKeyDown={handleKey}
        className="h-10 min-w-0 flex-1 bg-transparent outline-none placeholder:text-ink-3 max-md:h-13 max-md:text-touch"
      />
      <span className="grid max-md:hidden">
        <Kbd>Esc</Kbd>
      </span>
    </label>
  );
}
