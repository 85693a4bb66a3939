/** A mail's text in two parts: what was written now, and what is folded away. */
export type FoldedText = {
  visible: string;
  folded: string;
  foldedLines: number;
  /** The folded part repeats the visible one, which was not how the text begins. */
  isWhole: boolean;
};

/**
 * Splits `text` after its visible part. Nothing is ever lost: where the visible part is not how the text begins, the
 * folded part is the whole text, and where it is blank nothing is folded.
 */
export function foldText(text: string, visibleText: string): FoldedText {
  const whole = text.replace(/^\n+/, "").trimEnd();
  const visible = visibleText.replace(/^\n+/, "").trimEnd();
  if (visible === "" || visible === whole) {
    return { visible: whole, folded: "", foldedLines: 0, isWhole: false };
  }
  const isWhole = !whole.startsWith(visible);
  const folded = isWhole ? whole : whole.slice(visible.length).replace(/^\n+/, "");
  const foldedLines = countLines(folded) - (isWhole ? countLines(visible) : 0);
  return { visible, folded, foldedLines: Math.max(1, foldedLines), isWhole };
}

function countLines(text: string): number {
  return text.split("\n").filter((line) => line.trim() !== "").length;
}
