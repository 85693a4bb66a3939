/** The words of a team member, marked as a quotation; nothing if there are none. */
export function ColleagueWords({ words }: { words: string }) {
  const text = words.trim();
  if (text === "") return null;
  return (
    <blockquote
      dir="auto"
      className="border-s-2 border-line-strong ps-3 text-ui wrap-anywhere whitespace-pre-wrap text-ink-2 [unicode-bidi:isolate]"
    >
      {text}
    </blockquote>
  );
}
