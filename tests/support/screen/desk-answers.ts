import { act } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

// Stands in for the network: the test answers each request. An unexpected request fails the test.

export type AskedRequest = {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
};
export type Answer = { status: number; body: unknown } | "unreachable";
type Answering = (request: AskedRequest) => Answer | Promise<Answer>;

const answers = new Map<string, Answering>();
let asked: AskedRequest[] = [];
let unexpected: string[] = [];

/** Answers `route`, such as "POST /api/emails/claim", from now on. `askedFor` returns its requests. */
export function answer(route: string, answering: Answering | unknown): void {
  answers.set(route, typeof answering === "function" ? (answering as Answering) : () => ok(answering));
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function refusal(status: number, reason: string, error: string, facts: object = {}): Answer {
  return { status, body: { error, reason, ...facts } };
}

export function askedFor(route: string): AskedRequest[] {
  return asked.filter(({ method, path }) => `${method} ${path}` === route);
}

/** An answer that the test gives later. */
export function heldAnswer(): { answering: Answering; give: (answer: Answer) => void } {
  let give: (answer: Answer) => void = () => {};
  const promise = new Promise<Answer>((resolve) => (give = resolve));
  return { answering: () => promise, give: (given) => give(given) };
}

/** Disconnects the browser: requests fail, and `askedFor` does not list them. */
export function goOffline(): void {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(false);
  act(() => void window.dispatchEvent(new Event("offline")));
}

export function goOnline(): void {
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  act(() => void window.dispatchEvent(new Event("online")));
}

async function answerFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  if (!navigator.onLine) throw new TypeError("fetch failed");
  const url = new URL(input instanceof Request ? input.url : input, "http://desk.example");
  const request: AskedRequest = {
    method: init.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
    headers: new Headers(init.headers),
  };
  asked.push(request);
  const answering = answers.get(`${request.method} ${request.path}`);
  if (!answering) {
    unexpected.push(`${request.method} ${request.path}`);
    throw new TypeError("fetch failed");
  }
  const given = await answering(request);
  if (given === "unreachable") throw new TypeError("fetch failed");
  return Response.json(given.body, { status: given.status });
}

beforeEach(() => {
  answers.clear();
  asked = [];
  unexpected = [];
  vi.stubGlobal("fetch", answerFetch);
});

afterEach(() => {
  if (!navigator.onLine) goOnline();
  expect(unexpected).toEqual([]);
  vi.unstubAllGlobals();
});
