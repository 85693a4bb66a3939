import "server-only";

/** One check that a mail server says it made, such as "dkim=pass header.d=example.com". Names are in lower case. */
export type MethodResult = { method: string; result: string; properties: Map<string, string> };

/** The value of one Authentication-Results field (RFC 8601). */
export type AuthenticationResults = { authservId: string; results: MethodResult[] };

const BLANK = /[ \t\r\n]/;
/** Characters that end a word that is not quoted. */
const WORD_END = /[ \t\r\n;("]/;
/** A longer value is not read. Servers write less than 4 KB. */
const VALUE_MAX = 16 * 1024;

/**
 * Reads the value of an Authentication-Results field, in linear time. Comments are left out, quoted strings count as they
 * are, and a part that is not well formed is left out. Null if the field names no server.
 */
export function parseAuthenticationResults(value: string): AuthenticationResults | null {
  if (value.length > VALUE_MAX) return null;
  const reader = new Reader(value);
  const authservId = reader.word(false).toLowerCase().replace(/\.$/, "");
  if (authservId === "") return null;
  reader.skipPart(); // a version number
  const results: MethodResult[] = [];
  while (!reader.isAtEnd()) {
    const result = readMethod(reader);
    if (result) results.push(result);
    reader.skipPart();
  }
  return { authservId, results };
}

/** "dkim/1 = pass reason="…" header.d=example.com"; null for anything else, such as "none". */
function readMethod(reader: Reader): MethodResult | null {
  const method = reader.word(true).toLowerCase().replace(/\/.*$/, "");
  if (method === "" || !reader.takes("=")) return null;
  const result = reader.word(false).toLowerCase();
  const properties = new Map<string, string>();
  for (;;) {
    const name = reader.word(true).toLowerCase();
    if (name === "") return { method, result, properties };
    // Of two values of one property neither counts: one of them is not the server's.
    if (reader.takes("=")) properties.set(name, properties.has(name) ? "" : reader.word(false));
  }
}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next word of this part, quoted pieces included; "" if there is none. */
  word(endsAtEquals: boolean): string {
    this.skipBlanks();
    const pieces: string[] = [];
    for (;;) {
      const character = this.text[this.at];
      if (character === '"') pieces.push(this.quoted());
      else if (character === undefined || WORD_END.test(character) || (endsAtEquals && character === "="))
        break;
      else {
        pieces.push(character);
        this.at += 1;
      }
    }
    return pieces.join("");
  }

  /** Steps over `character` if it comes next. */
  takes(character: string): boolean {
    this.skipBlanks();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  /** Steps over the rest of this part and the semicolon that ends it. */
  skipPart(): void {
    while (!this.isAtEnd() && !this.takes(";")) {
      if (this.text[this.at] === '"') this.quoted();
      else this.at += 1;
    }
  }

  /** Steps over white space and comments, which may be nested. One without an end takes the rest. */
  private skipBlanks(): void {
    let depth = 0;
    for (; !this.isAtEnd(); this.at += 1) {
      const character = this.text[this.at] ?? "";
      if (depth > 0 && character === "\\") this.at += 1;
      else if (character === "(") depth += 1;
      else if (depth > 0 && character === ")") depth -= 1;
      else if (depth === 0 && !BLANK.test(character)) return;
    }
  }

  private quoted(): string {
    const pieces: string[] = [];
    for (this.at += 1; !this.isAtEnd(); this.at += 1) {
      let character = this.text[this.at] ?? "";
      if (character === '"') break;
      if (character === "\\") character = this.text[(this.at += 1)] ?? "";
      pieces.push(character);
    }
    this.at += 1;
    return pieces.join("");
  }
}
