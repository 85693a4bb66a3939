// Reads requests and writes answers in the form of Discord's API.
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorOf, type Answer, type Call } from "./channel";
import type { Fault, Method } from "./faults";
import type { Limited } from "./limits";
import type { Body } from "./rules";

const BODY_LENGTH_MAX = 1_000_000;
const ROUTE = /^\/api\/v10\/webhooks\/(\d+)\/([^/]+)(?:\/messages\/([^/]+))?$/;

/** The call, or the answer to a request that is not one. */
export function readCall(request: IncomingMessage, url: URL, text: string): Call | Answer {
  const [, webhookId, token, messageId] = ROUTE.exec(url.pathname) ?? [];
  const method = request.method as Method; // any other falls through to 405
  if (!webhookId || !token) return errorOf(404, 0, "404: Not Found");
  const allowed = messageId ? ["GET", "PATCH", "DELETE"] : ["GET", "POST"];
  if (!allowed.includes(method)) return errorOf(405, 0, "405: Method Not Allowed");
  if (!request.headers["user-agent"]?.startsWith("DiscordBot ("))
    return errorOf(403, 40333, "internal network error");

  const call = { method, webhookId, token, messageId: messageId ?? null, query: url.searchParams, body: {} };
  if (method !== "POST" && method !== "PATCH") return call;
  if (request.headers["content-type"]?.split(";")[0] !== "application/json") {
    return errorOf(400, 50035, "Invalid Form Body", {
      _errors: [{ code: "CONTENT_TYPE_INVALID", message: "json" }],
    });
  }
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body))
      return { ...call, body: body as Body };
  } catch {
    // the same answer as to a body that is JSON but not an object
  }
  return errorOf(400, 50109, "The request body contains invalid JSON.");
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > BODY_LENGTH_MAX) break;
  }
  return text;
}

export function codeOf({ body }: Answer): unknown {
  return typeof body === "object" && body !== null && "code" in body ? body.code : undefined;
}

export function limitedBy({
  retryAfterSeconds,
  scope,
  code,
}: Extract<Fault, { kind: "rate_limited" }>): Limited {
  return { retryAfterMs: retryAfterSeconds * 1000, scope, ...(code === undefined ? {} : { code }) };
}

export function limitBody({ retryAfterMs, scope, code }: Limited): unknown {
  const message = "You are being rate limited.";
  return { message, retry_after: retryAfterMs / 1000, global: scope === "global", ...(code ? { code } : {}) };
}

export function limitHeaders({ retryAfterMs, scope }: Limited): Record<string, string> {
  return {
    "Retry-After": String(Math.ceil(retryAfterMs / 1000)),
    "X-RateLimit-Scope": scope,
    ...(scope === "global" ? { "X-RateLimit-Global": "true" } : {}),
  };
}

export function send(
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    ...headers,
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
  });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

export function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { "Content-Type": "text/html; charset=utf-8" }).end(html);
}

export function drip(response: ServerResponse, text: string, ms: number): void {
  response.writeHead(200, { "Content-Type": "application/json" });
  let sent = 0;
  const timer = setInterval(() => {
    if (sent >= text.length) response.end();
    else response.write(text.slice(sent, (sent += 1)));
  }, ms);
  response.on("close", () => clearInterval(timer));
}
