import "server-only";

/** Default headers of every answer: not cached, not guessed, not framed, and without rights if shown as a page. */
export const ANSWER_HEADERS = {
  "cache-control": "private, no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
};
const JSON_HEADERS = { ...ANSWER_HEADERS, "content-type": "application/json" };

/** `body` as JSON, with the default headers. A string and one list of headers: half the time of `Response.json`. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body);
  // Next drops a content-length; scripts/serve.mjs makes one of this, and so compresses no short answer.
  const length = { "x-desk-length": String(Buffer.byteLength(text)) };
  return new Response(text, { status, headers: { ...JSON_HEADERS, ...length, ...headers } });
}
