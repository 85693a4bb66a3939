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

/** Calls the shared app as a person of the demo does from another window. The call has to succeed. */
export async function postAs(
  memberId: string,
  path: string,
  body: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const { url } = inject("app");
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { cookie: await demoCookie(memberId), "content-type": "application/json", origin: url },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Record<string, unknown>;
  expect([response.ok, response.status, answer]).toEqual([true, expect.any(Number), expect.anything()]);
  return answer;
}
