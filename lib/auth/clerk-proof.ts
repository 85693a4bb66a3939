import "server-only";
import { z } from "zod";
import { env } from "@/lib/env";

/** The session token, the time of signing in, and for test instances the browser's own token. */
const PROOF_COOKIE = /^__(session|client_uat|clerk_db_jwt)[_=]/;
const TOKEN_COOKIE = /^__(?:session(?:_[\w-]+)?|clerk_handshake)=/;
const REFRESH_COOKIE = /^__refresh_/;
/** Followed by _nonce if Clerk is to be asked what the handshake means. */
const HANDSHAKE = "__clerk_handshake";

const cookiesOf = (headers: Headers) => headers.get("cookie")?.split(/; */) ?? [];

/**
 * Only the headers that prove a session, and as a POST: so Clerk answers yes or no, and neither redirects nor refreshes.
 * Refreshing is left to proxy.ts, whose fresh token is verified like any other.
 */
export function toProof(headers: Headers): Request {
  const cookies = cookiesOf(headers).filter((cookie) => PROOF_COOKIE.test(cookie));
  const proof = new Headers({ cookie: cookies.join("; ") });
  const fresh = headers.get("x-clerk-auth-token");
  const authorization = fresh ? `Bearer ${fresh}` : headers.get("authorization");
  if (authorization) proof.set("authorization", authorization);
  return new Request(env().APP_URL ?? "http://localhost", { method: "POST", headers: proof });
}

/** A page's headers without credentials of other kinds than a session token, which Clerk would be asked about. */
export function withoutMachineTokens(headers: Headers): Headers {
  const kept = new Headers(headers);
  if (!/^Bearer eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(kept.get("authorization") ?? ""))
    kept.delete("authorization");
  return kept;
}

const Parts = z.object({ kid: z.string().optional(), exp: z.number().optional() });
type Token = z.infer<typeof Parts>;

/** The key id and the end of every token that a request brings, unverified. */
export function tokensIn({ headers, url }: Pick<Request, "headers" | "url">): Token[] {
  const inCookies = cookiesOf(headers)
    .filter((cookie) => TOKEN_COOKIE.test(cookie))
    .map((cookie) => cookie.slice(cookie.indexOf("=") + 1));
  const inHeader = headers.get("authorization")?.split(" ").at(-1) ?? "";
  const inAddress = new URL(url).searchParams.get(HANDSHAKE) ?? "";
  return [inHeader, ...inCookies, inAddress].filter((token) => token !== "").map(read);
}

function read(token: string): Token {
  const [head = "", claims = ""] = token.split(".");
  return { kid: partOf(head).kid, exp: partOf(claims).exp };
}

function partOf(encoded: string): Token {
  try {
    return Parts.parse(JSON.parse(Buffer.from(encoded, "base64url").toString()));
  } catch {
    return {}; // no token, which no key has signed
  }
}

/**
 * True if this request of a page brings a handshake or a session that ran out and may be renewed. Clerk's package then
 * asks Clerk about it, or complains in the log, before anybody knows who sent it.
 */
export function renewsSession(request: Pick<Request, "headers" | "url">, now = Date.now()): boolean {
  const cookies = cookiesOf(request.headers);
  const { searchParams } = new URL(request.url);
  if ([...searchParams.keys(), ...cookies].some((name) => name.startsWith(HANDSHAKE))) return true;
  if (!cookies.some((cookie) => REFRESH_COOKIE.test(cookie))) return false;
  return tokensIn(request).some(({ exp }) => exp !== undefined && exp * 1_000 <= now);
}
