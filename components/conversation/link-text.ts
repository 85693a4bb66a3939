type TextPiece = { text: string; href: string | null };

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”]{1,2000}/g;
/** Characters that end the sentence around an address, and are no part of it. */
const TRAILING = new Set(".,;:!?'’)]}*_");

/** Splits `text` into web addresses and the text between them. The pieces joined are `text`. */
export function linkPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = withoutTrailing(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: address, href: address });
    end = match.index + address.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** Keeps a closing bracket that the address opened, as in "/Table_(furniture)". Linear in time for any mail. */
function withoutTrailing(address: string): string {
  let length = address.length;
  while (length > 0 && TRAILING.has(address.charAt(length - 1))) length -= 1;
  const isBracketed = address.charAt(length) === ")" && address.slice(0, length).includes("(");
  return address.slice(0, isBracketed ? length + 1 : length);
}
