/** The text the desk took under this reply's key before it was changed. */
export function EarlierVersion({ text }: { text: string }) {
  return (
    <aside
      aria-label="Accepted before"
      className="order-first max-h-60 overflow-y-auto border-b border-line bg-ours px-4 py-3 @min-[600px]:order-last @min-[600px]:max-h-90 @min-[600px]:border-b-0 @min-[600px]:border-l"
    >
      <h3 className="mb-2 text-small font-medium text-ink-3">Accepted before</h3>
      <p dir="auto" className="text-read wrap-anywhere whitespace-pre-wrap">
        {text}
      </p>
    </aside>
  );
}
