import "server-only";
import { Readable } from "node:stream";

/** Types a browser may be told: none of them can run anything, and the file is saved in any case. */
const SAFE_TYPES = new Set([
  ...["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "text/csv"],
]);

type Download = { filename: string; contentType: string; sizeBytes: number; content: Readable | Uint8Array };

/**
 * A file somebody else made, as a download that can do nothing to the page: saved and not shown, of a harmless type,
 * not guessed at, and without scripts or our origin's rights should a browser show it after all.
 */
export function downloadResponse({ filename, contentType, sizeBytes, content }: Download): Response {
  // Node's and the DOM's ReadableStream are the same object with two type declarations.
  const body =
    content instanceof Readable ? (Readable.toWeb(content) as ReadableStream) : new Uint8Array(content);
  return new Response(body, {
    headers: {
      "content-type": SAFE_TYPES.has(contentType) ? contentType : "application/octet-stream",
      "content-length": String(sizeBytes),
      "content-disposition": contentDisposition(filename),
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
    },
  });
}

/** RFC 6266: an ASCII name for old browsers, the true one after RFC 5987. */
function contentDisposition(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
