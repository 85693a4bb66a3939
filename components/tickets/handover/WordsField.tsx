"use client";
import { useId, type KeyboardEvent } from "react";
import { classNames } from "@/components/ui/class-names";
import { NOTE_MAX } from "@/lib/api/contracts";

/** From how many characters before the end on the field counts down. */
const COUNTED = 100;

/** True if the words are too long to be sent. */
export function isTooLong(words: string): boolean {
  return words.trim().length > NOTE_MAX;
}

type Props = {
  label: string;
  placeholder?: string;
  /** Lines at first; the field grows with its text. */
  rows: number;
  words: string;
  isDisabled?: boolean;
  isReadOnly?: boolean;
  onWrite: (words: string) => void;
};

/** A note or a reason. It counts down near its end. Enter sends the form around it, Shift and Enter begin a new line. */
export function WordsField({ label, placeholder, rows, words, isDisabled, isReadOnly, onWrite }: Props) {
  const id = useId();
  const left = NOTE_MAX - words.trim().length;
  function handleKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  }
  return (
    <div className="min-w-0 flex-1">
      <textarea
        dir="auto"
        aria-label={label}
        aria-invalid={left < 0 || undefined}
        aria-describedby={`${id}-left`}
        placeholder={placeholder}
        rows={rows}
        value={words}
        disabled={isDisabled}
        readOnly={isReadOnly}
        autoComplete="off"
        enterKeyHint="send"
        onChange={(event) => onWrite(event.target.value)}
        onKeyDown={handleKey}
        className="block field-sizing-content max-h-36 min-h-(--control) w-full resize-none rounded-control border border-line-strong bg-raised px-2.5 py-1 placeholder:text-ink-3 read-only:text-ink-2 disabled:border-dashed aria-invalid:border-danger max-md:min-h-(--touch) max-md:rounded-touch max-md:py-2.5 max-md:text-touch"
      />
      <p
        id={`${id}-left`}
        role="status"
        className={classNames("mt-1 text-small empty:hidden", left < 0 ? "text-danger" : "text-ink-3")}
      >
        {left < 0 && `${-left} too many characters. Shorten it.`}
        {left >= 0 && left <= COUNTED && `${left} characters left`}
      </p>
    </div>
  );
}
