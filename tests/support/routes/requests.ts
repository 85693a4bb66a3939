import type { RouteHandler } from "@/lib/http/route";
import { FROM_OWN_PAGE } from "./peer";

type Call = {
  method?: string;
  /** In place of those that a page of this site sends; an undefined one is not sent. */
  headers?: Record<string, string | undefined>;
  /** Sent as JSON; a string is sent as it is. */
  body?: unknown;
  params?: Record<string, string>;
  /** The answer may be a file or a page; its text is left out then. */
  isText?: boolean;
};
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> | null };

/** Calls a route's handler as Next would, with a request from this machine and of this site, and reads the answer. */
export async function call(
  handler: RouteHandler,
  path: string,
  { method = "GET", headers = {}, body, params = {}, isText = false }: Call = {},
): Promise<Answer> {
  const sent = {
    ...FROM_OWN_PAGE,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  const request = new Request(`http://localhost:3000${path}`, {
    method,
    // An undefined value takes a header out.
    headers: Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined),
    body: typeof body === "string" || body === undefined ? body : JSON.stringify(body),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (isStream) await response.body?.cancel(); // it would not end
  const text = isStream ? "" : await response.text();
  const isJson = !isText || response.headers.get("content-type") === "application/json";
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" || !isJson ? null : JSON.parse(text),
  };
}

export function post(
  handler: RouteHandler,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return call(handler, path, { method: "POST", body, headers });
}
