import "server-only";
import { gzipSync } from "node:zlib";

/** Default headers of every answer: not cached, not guessed, not framed, and without rights if shown as a page. */
export const ANSWER_HEADERS = {
  "cache-control": "private, no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
};
const JSON_HEADERS = { ...ANSWER_HEADERS, "content-type": "application/json" };

/** The texts of answers, so that compressing one need not read it from its stream. */
const texts = new WeakMap<Response, string>();

/** `body` as JSON, with the default headers. A string and one list of headers: half the time of `Response.json`. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const text = JSON.stringify(body);
  const response = new Response(text, { status, headers: { ...JSON_HEADERS, ...length(text), ...headers } });
  texts.set(response, text);
  return response;
}

// Next drops a content-length and a content-encoding; scripts/serve.mjs makes them of these, and so compresses no short
// answer.
const length = (body: string | Uint8Array) => ({ "x-desk-length": String(Buffer.byteLength(body)) });
const GZIP = { "x-desk-encoding": "gzip", vary: "accept-encoding" };

/** Set by scripts/serve.mjs. Under another server nothing may be compressed here, since nobody would name the encoding. */
const isEncodingNamed = () => Symbol.for("claimdesk.names-encoding") in globalThis;

/** Lengths of texts that are compressed here, in characters; Next compresses longer ones, in its own time. */
const COMPRESSED_MIN = 1_024;
const COMPRESSED_MAX = 100_000;

/**
 * The same answer, compressed if it is a list of usual length and the client of `request` takes gzip: at once (0.1 ms for
 * a page of 50 tickets) and so in one piece, where Next's stream costs 1 ms.
 */
export function compressed(response: Response, { method, headers }: Request): Response {
  const text = texts.get(response);
  if (!text || text.length < COMPRESSED_MIN || text.length > COMPRESSED_MAX) return response;
  if (!isEncodingNamed() || method !== "GET" || !takesGzip(headers.get("accept-encoding") ?? ""))
    return response;
  const body = gzipSync(text, { level: 1 });
  const small = new Headers(response.headers);
  for (const [name, value] of Object.entries({ ...length(body), ...GZIP })) small.set(name, value);
  return new Response(body, { status: response.status, headers: small });
}

function takesGzip(accepted: string): boolean {
  return accepted.split(",").some((coding) => /^\s*gzip\s*(;\s*q=(1|0\.\d*[1-9]).*)?$/i.test(coding));
}
