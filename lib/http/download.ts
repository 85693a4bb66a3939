import "server-only";
import { Readable } from "node:stream";

/** Types that are passed on to the browser, since none of them can run anything. */
const SAFE_TYPES = new Set(
  "image/png image/jpeg image/gif image/webp application/pdf text/plain text/csv".split(" "),
);

type Download = { filename: string; contentType: string; sizeBytes: number; content: Readable | Uint8Array };

/**
 * A customer's file as a download that cannot harm our pages: saved and not shown, with a harmless type that the browser
 * does not guess again, and in a sandbox if a browser shows it after all.
 */
export function downloadResponse({ filename, contentType, sizeBytes, content }: Download): Response {
  // Node's and the DOM's ReadableStream are the same object with two type declarations.
  const body =
    content instanceof Readable ? (Readable.toWeb(content) as ReadableStream) : new Uint8Array(content);
  return new Response(body, {
    headers: {
      "content-type": SAFE_TYPES.has(contentType) ? contentType : "application/octet-stream",
      "cache-control": "private, no-store, no-transform",
      "content-length": String(sizeBytes),
      "x-desk-length": String(sizeBytes), // see json.ts
      "content-disposition": contentDisposition(filename),
      "x-content-type-options": "nosniff",
      "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
    },
  });
}

/** An archive that is written while it is sent, so its size is not known. */
export function archiveResponse(filename: string, content: ReadableStream): Response {
  return new Response(content, {
    headers: {
      "content-type": "application/zip",
      "content-disposition": contentDisposition(filename),
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    },
  });
}

/** RFC 6266: an ASCII name for old browsers, and the real one encoded by RFC 5987. */
function contentDisposition(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
