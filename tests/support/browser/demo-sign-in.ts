import { expect, inject } from "vitest";

/** Signs in to the shared app, or to that at `url`, as a person of the demo, and returns the cookie. */
export async function demoCookie(memberId: string, url = inject("app").url): Promise<string> {
  const response = await fetch(`${url}/api/demo/session`, {
    method: "POST",
    redirect: "manual",
    headers: { origin: url },
    body: new URLSearchParams({ member: memberId, next: "/dashboard/tickets" }),
  });
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** Calls the shared app, or that at `url`, as a person of the demo does from another window. The call has to succeed. */
export async function postAs(
  memberId: string,
  path: string,
  body: Record<string, unknown>,
  url = inject("app").url,
): Promise<Record<string, unknown>> {
  const { status, answer } = await callAs(memberId, "POST", path, body, url);
  expect([status < 300, status, answer]).toEqual([true, expect.any(Number), expect.anything()]);
  return answer;
}

/** The same with any method; the call may be refused. `body` is null if there is none. */
export async function callAs(
  memberId: string,
  method: string,
  path: string,
  body: Record<string, unknown> | null,
  url = inject("app").url,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { cookie: await demoCookie(memberId, url), "content-type": "application/json", origin: url },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}
