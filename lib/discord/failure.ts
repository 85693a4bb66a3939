import "server-only";
import { z } from "zod";

/**
 * Why a request failed. `detail` is a short code for the log, without secrets.
 * - not_sent: it never reached Discord. - ambiguous: Discord may have done it, or may still do it.
 * - blocked: Cloudflare blocks this machine. - gone: the message was deleted.
 * - webhook_dead: Discord itself refuses the webhook. - not_found: a 404 that does not say what is missing.
 * - intercepted: something on the way refuses, such as a proxy; nothing was done.
 * - invalid: Discord refuses this text. - transient: nothing was done; retry later.
 */
export type Failure =
  | { kind: "not_sent"; detail: string }
  | { kind: "ambiguous"; detail: string }
  | { kind: "rate_limited"; retryAfterMs: number; scope: "webhook" | "global" | "old_edits" }
  | { kind: "blocked" }
  | { kind: "gone" }
  | { kind: "webhook_dead"; reason: DeadReason }
  | { kind: "not_found" }
  | { kind: "intercepted"; status: number }
  | { kind: "invalid"; detail: string; paths: string[] }
  | { kind: "transient"; detail: string };

export type DeadReason =
  "unknown_webhook" | "invalid_token" | "forbidden" | "unknown_channel" | "forum_channel";

type FailedRequest = { method: "GET" | "POST" | "PATCH" } & (
  { response: Response; text: string } | { unreadable: true } | { error: unknown }
);

// https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
const OLD_MESSAGE_EDITS = 30046;
const UNKNOWN_MESSAGE = 10008;
const DEAD_CODES: Record<number, DeadReason> = {
  10003: "unknown_channel",
  10015: "unknown_webhook",
  40001: "invalid_token",
  50001: "forbidden",
  50013: "forbidden",
  50027: "invalid_token",
  220001: "forum_channel",
  220002: "forum_channel",
  220003: "forum_channel",
  220004: "forum_channel",
};
/** Discord's sentence for a refused token if it has no code of its own. */
const UNAUTHORIZED = "401: Unauthorized";

const ErrorBody = z
  .object({
    code: z.number().optional().catch(undefined),
    message: z.string().optional().catch(undefined),
    retry_after: z.number().nonnegative().optional().catch(undefined),
    global: z.boolean().optional().catch(undefined),
    errors: z.unknown().optional(),
  })
  .catch({ errors: undefined }); // a proxy's error page has none of these
type ErrorBody = z.infer<typeof ErrorBody>;

/** Classifies a failed request by what the caller can do about it. */
export function failureOf(failed: FailedRequest): Failure {
  if ("error" in failed) return networkFailure(failed.error, failed.method);
  if ("unreadable" in failed) return unclear(failed.method, "unreadable_answer");
  const { response, text, method } = failed;
  const body = ErrorBody.parse(parseJson(text));
  const { status } = response;
  if (status === 429) return rateLimit(body, response.headers);
  if (status >= 500) return unclear(method, `http_${status}`);
  if (body.code === UNKNOWN_MESSAGE) return { kind: "gone" };

  const dead = deadReasonOf(body);
  if (dead) return { kind: "webhook_dead", reason: dead };
  if (status === 404) return { kind: "not_found" };
  // Without one of those codes it comes from something on the way, such as a proxy.
  if (status === 401 || status === 403) return { kind: "intercepted", status };
  if (status === 408) return unclear(method, "http_408");
  return { kind: "invalid", detail: `http_${status}_${body.code ?? "no_code"}`, paths: pathsOf(body.errors) };
}

/** Why Discord refuses the webhook; null if the body is not Discord's, or does not say so. */
function deadReasonOf({ code, message }: ErrorBody): DeadReason | null {
  if (code === undefined || message === undefined) return null;
  if (code === 0 && message === UNAUTHORIZED) return "invalid_token";
  return DEAD_CODES[code] ?? null;
}

/** A read changes nothing, so it has simply failed; a write may have been done. */
function unclear(method: FailedRequest["method"], detail: string): Failure {
  return { kind: method === "GET" ? "transient" : "ambiguous", detail };
}

/** Longest wait accepted from an answer; after it the next request asks again. */
const RETRY_AFTER_MAX_MS = 3_600_000;

function rateLimit(body: ErrorBody, headers: Headers): Failure {
  const header = Number(headers.get("Retry-After") ?? Number.NaN);
  const seconds = body.retry_after ?? header;
  if (!Number.isFinite(seconds)) return { kind: "blocked" };
  const isGlobal =
    body.global === true ||
    headers.has("X-RateLimit-Global") ||
    headers.get("X-RateLimit-Scope") === "global";
  const ownScope = body.code === OLD_MESSAGE_EDITS ? "old_edits" : "webhook";
  return {
    kind: "rate_limited",
    retryAfterMs: Math.min(Math.ceil(seconds * 1000), RETRY_AFTER_MAX_MS),
    scope: isGlobal ? "global" : ownScope,
  };
}

// Errors before the first byte of the request is written: refused, unresolved, untrusted.
const NOT_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPROTO",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);
const NetworkCause = z.object({
  cause: z.object({ code: z.string().max(60), syscall: z.string().optional() }),
});

function networkFailure(error: unknown, method: FailedRequest["method"]): Failure {
  if (error instanceof DOMException && error.name === "TimeoutError") return unclear(method, "timeout");
  const known = NetworkCause.safeParse(error);
  if (!known.success) return unclear(method, "broken_off");
  const { code, syscall } = known.data.cause;
  return NOT_SENT.has(code) || syscall === "connect"
    ? { kind: "not_sent", detail: code }
    : unclear(method, code);
}

const PATHS_MAX = 10;

/** Paths of the fields that Discord refused, such as "embeds.0.title"; no values. */
function pathsOf(errors: unknown, prefix = ""): string[] {
  if (typeof errors !== "object" || errors === null) return [];
  return Object.entries(errors)
    .flatMap(([key, inner]) =>
      key === "_errors" ? [prefix] : pathsOf(inner, prefix === "" ? key : `${prefix}.${key}`),
    )
    .slice(0, PATHS_MAX);
}

/** The parsed JSON, or undefined if `text` is none: a proxy's page, or an answer that was cut off. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
