"use client";
import { useState } from "react";

/** Characters shown before the rest is folded. */
const SHOWN_MAX = 500;

/** `by` is the start of a sentence: "Their mail server". Null if the words may be the desk's own. */
type Props = { by: string | null; words: string };

/** The text of a mail server, marked as a quotation of somebody else. */
export function ServerWords({ by, words }: Props) {
  const [isWhole, setIsWhole] = useState(false);
  const text = words.trim();
  if (text === "") return null;
  const isLong = text.length > SHOWN_MAX;
  const isFolded = isLong && !isWhole;
  // The desk keeps as many characters of a longer text, or one fewer to cut none in two.
  const isCut = text.length === SHOWN_MAX || text.length === SHOWN_MAX - 1;
  return (
    <figure className="grid justify-items-start gap-1">
      {by && <figcaption className="text-small text-ink-3">{by} wrote:</figcaption>}
      <blockquote
        dir="auto"
        className="w-full rounded-[6px] bg-sunken px-3 py-2 font-mono text-small/[18px] wrap-anywhere whitespace-pre-wrap text-ink-2 [unicode-bidi:isolate]"
      >
        {isFolded || isCut ? `${text.slice(0, SHOWN_MAX)}…` : text}
      </blockquote>
      {isLong && (
        <button
          type="button"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
          className="min-h-6 text-small font-medium text-ink-2 underline decoration-line-strong underline-offset-2 hover:text-ink max-md:min-h-11"
        >
          {isWhole ? "Show less of it" : "Show all of it"}
        </button>
      )}
    </figure>
  );
}
