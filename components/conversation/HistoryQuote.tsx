/** The words that a member gave with an act, as they wrote them. */
export function HistoryQuote({ words }: { words: string }) {
  return (
    <p dir="auto" className="whitespace-pre-line text-ink-2 wrap-anywhere">
      “{words}”
    </p>
  );
}
