export type TextPiece = { text: string; href: string | null };

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”]{1,2000}/g;
/** Characters that end the sentence around an address, and are no part of it. */
const TRAILING = new Set(".,;:!?'’)]}*_");
/** Most addresses of a text that become links. The others stay text: each link costs the page an element. */
const LINKS_MAX = 100;
/** Longest block, in characters. */
const BLOCK_MAX = 16 * 1024;

/**
 * Splits `text` into blocks, and each block into web addresses and the text between them. All pieces joined are `text`.
 * There are as many elements as 16 KB blocks and links, however the text is made.
 */
export function textBlocks(text: string): TextPiece[][] {
  const blocks: TextPiece[][] = [];
  let linksLeft = LINKS_MAX;
  for (let start = 0; start < text.length;) {
    const end = endOfBlock(text, start);
    const pieces = linkPieces(text.slice(start, end), linksLeft);
    linksLeft -= pieces.filter(({ href }) => href !== null).length;
    blocks.push(pieces);
    start = end;
  }
  return blocks;
}

/** Ends after a line if one ends in the block, else before half a character at most. */
function endOfBlock(text: string, start: number): number {
  const most = start + BLOCK_MAX;
  if (most >= text.length) return text.length;
  const line = text.lastIndexOf("\n", most - 1);
  if (line >= start) return line + 1;
  return /[\uD800-\uDBFF]/.test(text.charAt(most - 1)) ? most - 1 : most;
}

function linkPieces(text: string, linksMax: number): TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  let links = 0;
  for (const match of text.matchAll(ADDRESS)) {
    if (links === linksMax) break;
    const address = withoutTrailing(match[0]);
    if (!URL.canParse(address)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: address, href: address });
    end = match.index + address.length;
    links += 1;
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
