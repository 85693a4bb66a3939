// Also loaded by the parse worker as plain Node: no path alias and no "server-only".

/** Embeddings, overrides and isolates: they make "gpj.exe" read as "exe.jpg". Plain direction marks stay. */
const BIDI_OVERRIDES = /[\u202A-\u202E\u2066-\u2069]/g;
const INVISIBLE = /[\u200B\u2060\uFEFF\u00AD]/g;
const LINE_BREAKERS = /[\p{Cc}\u2028\u2029]+/gu;

/** `value` as one line that is safe to store, show and put into a header: no line breaks, control or bidi characters. */
export function cleanLine(value: string, lengthMax: number): string {
  const line = value
    .toWellFormed()
    .replace(LINE_BREAKERS, " ")
    .replace(BIDI_OVERRIDES, "")
    .replace(INVISIBLE, "");
  return cutToLength(line.replace(/\s+/g, " ").trim(), lengthMax);
}

/** `value` with line breaks as "\n" and no other control character but the tab. */
export function cleanText(value: string): string {
  return value
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .trim();
}

/** The first `lengthMax` UTF-16 units, without half a character at the end. */
export function cutToLength(value: string, lengthMax: number): string {
  return value.length <= lengthMax ? value : value.slice(0, lengthMax).replace(/[\uD800-\uDBFF]$/, "");
}

/** The longest prefix of `value` that takes at most `bytesMax` bytes in UTF-8. */
export function cutToBytes(value: string, bytesMax: number): string {
  const bytes = Buffer.from(value);
  if (bytes.length <= bytesMax) return value;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

const FILENAME_MAX = 200;
const EXTENSIONS: Record<string, string> = {
  "application/pdf": "pdf",
  "application/zip": "zip",
  "image/gif": "gif",
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/svg+xml": "svg",
  "image/webp": "webp",
  "message/delivery-status": "txt",
  "message/rfc822": "eml",
  "text/calendar": "ics",
  "text/csv": "csv",
  "text/html": "html",
  "text/plain": "txt",
  "text/rfc822-headers": "txt",
};

/**
 * A file name that is safe to save: no folders, no characters that mislead a reader or a file system, at most 200
 * characters with the extension kept. If nothing usable is left, "attachment-N" with an extension for the type.
 */
export function cleanFilename(value: string | null, contentType: string, number: number): string {
  const base = (value ?? "").split(/[/\\]/).at(-1) ?? "";
  const name = cleanLine(base.replace(/\p{Cf}/gu, ""), 4 * FILENAME_MAX)
    .replace(/[<>:"|?*]/g, "_")
    .replace(/^[\s.]+|[\s.]+$/g, "");
  if (name === "") return `attachment-${number}.${EXTENSIONS[contentType] ?? "bin"}`;
  if (name.length <= FILENAME_MAX) return name;
  const extension = /\.[^.]{1,20}$/.exec(name)?.[0] ?? "";
  return cutToLength(name, FILENAME_MAX - extension.length) + extension;
}

/** "type/subtype" in lower case, or application/octet-stream if `value` is not one. */
export function cleanContentType(value: string): string {
  const type = value.trim().toLowerCase();
  return /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/.test(type)
    ? type
    : "application/octet-stream";
}
