// Loaded by the parse worker as plain Node: no path alias and no "server-only".

/** The fields of one block by name in lower case, unfolded; of a field that stands there twice, the first. */
export type Fields = ReadonlyMap<string, string>;

const FIELD = /^([a-z][a-z0-9-]{0,60})[ \t]{0,4}:(.*)$/i;
const VALUE_MAX = 4_000;
const LINES_MAX = 4_000;
const BLOCKS_MAX = 300;

/** True for a line that begins a header field, such as "Subject: …". */
export function isFieldLine(line: string): boolean {
  return FIELD.test(line);
}

/** True for a line that carries on the field above it. */
export function isFolded(line: string): boolean {
  return /^[ \t]+\S/.test(line);
}

/**
 * The blocks of fields in `text`, parted by blank lines. A field of `opening` that a block already has begins a new
 * block, since some programs leave the blank line out. Lines that are no field are skipped; the first 4,000 lines and 300
 * blocks are read.
 */
export function fieldBlocks(text: string, opening: ReadonlySet<string> = new Set()): Fields[] {
  const blocks: Map<string, string>[] = [];
  let block = new Map<string, string>();
  let name = "";
  for (const line of text.split(/\r?\n|\r/, LINES_MAX)) {
    if (blocks.length > BLOCKS_MAX) break;
    const [, field, value = ""] = FIELD.exec(line) ?? [];
    if (field !== undefined) {
      const known = field.toLowerCase();
      if (opening.has(known) && block.has(known)) block = new Map();
      // A second field of that name is left out, with the lines that carry it on.
      name = block.has(known) ? "" : known;
      if (block.size === 0) blocks.push(block);
      if (name !== "") block.set(name, value.slice(0, VALUE_MAX).trim());
    } else if (isFolded(line)) {
      const before = block.get(name);
      if (before !== undefined && before.length < VALUE_MAX)
        block.set(name, `${before} ${line.trim()}`.trim());
    } else if (line.trim() === "") {
      block = new Map();
      name = "";
    }
  }
  return blocks.slice(0, BLOCKS_MAX);
}
