/** The text of a mail in two parts: the visible one, and the folded one with quotes and signature. */
type FoldedText = {
  visible: string;
  folded: string;
  foldedLines: number;
  /** The folded part is the whole text, since the visible part is not the beginning of it. */
  isWhole: boolean;
};

/**
 * Splits `text` after its visible part. Nothing is lost: if `text` does not begin with the visible part, the folded
 * part is the whole text; if the visible part is blank, nothing is folded.
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

/** Lines that are not blank. */
function countLines(text: string): number {
  return text.match(/^.*\S/gm)?.length ?? 0;
}
