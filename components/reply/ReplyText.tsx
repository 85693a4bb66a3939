"use client";
import type { KeyboardEvent, Ref } from "react";
import { classNames } from "@/components/ui/class-names";

type Props = {
  ref: Ref<HTMLTextAreaElement>;
  text: string;
  placeholder: string;
  isSending: boolean;
  layout: "card" | "sheet";
  onWrite: (text: string) => void;
  onSend: () => void;
};

/** The text field. It grows with the text, as far as the page has room. */
export function ReplyText({ ref, text, placeholder, isSending, layout, onWrite, onSend }: Props) {
  function handleKey(event: KeyboardEvent) {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey) || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onSend();
  }
  return (
    <textarea
      ref={ref}
      dir="auto"
      aria-label="Your reply"
      placeholder={placeholder}
      value={text}
      readOnly={isSending}
      // A browser that restores the text of the page before a reload may restore a reply that was sent since.
      autoComplete="off"
      onChange={(event) => onWrite(event.target.value)}
      onKeyDown={handleKey}
      className={classNames(
        "block w-full resize-none bg-transparent text-read outline-none placeholder:text-ink-3 read-only:text-ink-2",
        "field-sizing-content max-md:text-touch",
        layout === "card" ? "max-h-120 min-h-30" : "max-h-[34dvh] min-h-18 md:min-h-30",
      )}
    />
  );
}
